// What a search answers.

/** What was covered. */
export interface Coverage {
  /** Different states that were met. With symmetry: of states that are alike, one counts. */
  readonly states: number;
  /** Actions that were performed, wherever they led. */
  readonly transitions: number;
  /** Actions from an initial state to the furthest state that was met, on the way that the search took. */
  readonly depth: number;
  /** Every state that so many actions or fewer lead to was met and judged. −1: not even all initial states were. */
  readonly completeDepth: number;
  /** States that were met and not yet left. */
  readonly frontier: number;
  /** Memory of the search's tables. */
  readonly bytes: number;
}

/** How far a search goes. */
export interface Limits {
  readonly maxDepth: number;
  readonly memoryBytes: number;
}

/** Why a search does not know. */
export type Reason =
  /** There are states beyond the depth that was asked for. */
  | "depth"
  /** The memory that was allowed is used up. */
  | "memory"
  /** It was asked to stop. */
  | "stopped"
  /** Random walks meet some states and not others. */
  | "sampled";

/** One action of a counterexample. */
export interface Step {
  readonly action: string;
  /** The state that it leads to. */
  readonly state: string;
}

/** A way to a state, or over an action, that breaks something. */
export interface Violation {
  /** The name of what is broken. */
  readonly broken: string;
  readonly initialState: string;
  readonly steps: readonly Step[];
  /** The same as numbers, for a program: the initial state, and the action of each step. */
  readonly initial: number;
  readonly actions: readonly number[];
  /** No way with fewer actions breaks anything. */
  readonly shortest: boolean;
}

/** The answer. `complete`: every reachable state was met, and nothing is broken. */
export interface SearchResult extends Coverage {
  readonly outcome: "complete" | "violation" | "unknown";
  /** Null unless the outcome is unknown. */
  readonly reason: Reason | null;
  /** Null unless the outcome is a violation. */
  readonly violation: Violation | null;
  /**
   * At most this probable is it that two different states had the same key, so that one was never explored. 0: keys are
   * the states themselves.
   */
  readonly collisionProbability: number;
  readonly seconds: number;
}

/** How a search ended, before it is told. */
export type Ending =
  | { readonly kind: "complete" }
  | { readonly kind: "unknown"; readonly reason: Reason }
  | {
      readonly kind: "violation";
      readonly broken: string;
      readonly initial: number;
      readonly actions: readonly number[];
      readonly shortest: boolean;
    };

/** A search under way. */
export interface Course {
  /** Goes on for a short while. Null: it has not ended yet. */
  advance(): Ending | null;
  coverage(): Coverage;
}

/** At most the probability that any two of so many states share a fingerprint of so many words, as the birthday bound says. */
export function collisionProbability(states: number, keyWords: number): number {
  const pairs = (states * (states - 1)) / 2;
  return -Math.expm1(-pairs / 2 ** (32 * keyWords));
}
