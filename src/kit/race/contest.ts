// The subject of a race, alive: a new cache for every schedule, to which calls and answers are given one at a time. After
// each the engine runs everything that can run; what the cache asked of its host and what it returned is told then.
//
// A cache that waits for a timer or for a file is not told apart by what it does but by what is left to wait for.

import type { AsyncSubject } from "../../../model/contract.ts";
import type { CacheCall, CallOutcome, HostAnswer, HostCall } from "../../../model/events.ts";
import { asyncShell, type AsyncProvider } from "../../provider/async-shell.ts";

/** What the cache is given: a call, or the answer to a host call. */
export type Given =
  | { readonly kind: "call"; readonly number: number; readonly call: CacheCall }
  | { readonly kind: "answer"; readonly asked: number; readonly answer: HostAnswer };

/** What the cache did. */
export type Happening =
  | {
      readonly kind: "asked";
      readonly call: number | null;
      readonly asked: number;
      readonly request: HostCall;
    }
  | { readonly kind: "returned"; readonly call: number; readonly outcome: CallOutcome }
  /** It left the contract. */
  | { readonly kind: "broken"; readonly problem: string };

/** Host calls of one call. */
const MOST_ASKED = 10_000;

export class Contest {
  readonly #provider: AsyncProvider;
  readonly #waiting = new Map<number, (answer: HostAnswer) => void>();
  readonly #waitsBefore = activeWaits();
  readonly #asked = new Map<number | null, number>();
  #happenings: Happening[] = [];

  constructor(subject: AsyncSubject, pageSizeBytes: number) {
    this.#provider = asyncShell(subject, pageSizeBytes, {
      ask: (call, request) => this.#ask(call, request),
      misuse: (error) => this.#break(error),
    });
  }

  get hasCallback(): boolean {
    return this.#provider.hasCallback;
  }

  snapshot(): string | null {
    return this.#provider.snapshot();
  }

  /** Gives it what it is given, and lets it run until nothing moves. */
  async give(given: Given): Promise<readonly Happening[]> {
    this.#happenings = [];
    if (given.kind === "call") {
      const { number: call } = given;
      this.#provider.call(call, given.call).then(
        (outcome) => this.#happenings.push({ kind: "returned", call, outcome }),
        (error: unknown) => this.#break(error),
      );
    } else {
      this.#waiting.get(given.asked)?.(given.answer);
      this.#waiting.delete(given.asked);
    }
    await allPromises();
    return this.#happenings;
  }

  /** Nothing moves and calls wait: true if something moves all the same, though nobody gave it anything. */
  async movesByItself(): Promise<boolean> {
    this.#happenings = [];
    await oneTurn();
    return this.#happenings.length > 0;
  }

  /** What else the cache waits for, such as "Timeout"; null if for nothing that the engine knows of. */
  foreignWait(): string | null {
    const before = [...this.#waitsBefore];
    for (const each of activeWaits()) {
      const at = before.indexOf(each);
      if (at === -1) return each;
      before.splice(at, 1);
    }
    return null;
  }

  #ask(call: number | null, request: HostCall): Promise<HostAnswer> {
    const before = this.#asked.get(call) ?? 0;
    this.#asked.set(call, before + 1);
    // The number says which host call of which call it is, whoever else asks in between.
    const asked = (call ?? 0) * MOST_ASKED + before;
    this.#happenings.push({ kind: "asked", call, asked, request });
    return new Promise((resolve) => this.#waiting.set(asked, resolve));
  }

  #break(error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    this.#happenings.push({ kind: "broken", problem });
  }
}

/** Returns when no promise is left that can go on: the engine comes to its next tick only then. */
const allPromises = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/** Returns when everything else in the process had its turn. */
export const oneTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const activeWaits = (): readonly string[] => process.getActiveResourcesInfo();
