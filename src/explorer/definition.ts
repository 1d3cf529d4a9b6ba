// A model as it is written: variables over finite domains, initial states, actions with parameters, invariants. It reads
// in the order of a TLA+ module, and nothing in it says how states are stored or searched.
//
//   const turn = variable("turn", oneOf("side", ["left", "right"]));
//   const cross = action("cross", { to: turn.domain }, ({ to }) => ({
//     guard: turn.isNot(to),
//     effects: [turn.becomes(to)],
//   }));

import { codeOf, type Domain, type Value } from "./domain.ts";
import { cellAt, type Cell, type Condition, type Effect, type Place } from "./expression.ts";

/** Named values of the state. */
export interface Variable {
  readonly name: string;
  readonly places: readonly Place[];
  /** The domains that its elements are indexed by; none for a single value. */
  readonly of: readonly Domain[];
}

/** A variable with an element for each combination of index values. */
export interface Family<
  Of extends readonly Domain[] = readonly Domain[],
  V extends Value = Value,
> extends Variable {
  /** The element with these indices. Throws a RangeError if there is none. */
  at(...indices: ValuesOf<Of>): Cell<V>;
}

type ValueOf<D> = D extends Domain<infer V> ? V : never;
type ValuesOf<Of extends readonly Domain[]> = { readonly [K in keyof Of]: ValueOf<Of[K]> };

/** What an action does with its parameters: it is possible in states where the guard holds. */
export interface Rule {
  readonly guard: Condition | boolean;
  readonly effects: readonly Effect[];
}

/** An action with all its parameters given. */
export interface Instance {
  /** As it is printed: `map(page 0, frame 1)`. */
  readonly name: string;
  readonly rule: Rule;
}

/** A named action: one instance for each combination of parameter values. */
export interface Action {
  readonly name: string;
  readonly instances: readonly Instance[];
}

/** A fact that holds in every reachable state. */
export interface Invariant {
  readonly name: string;
  readonly holds: Condition;
}

/** Values of domains that trade places: applied to a reachable state, it gives a reachable one that behaves alike. */
export interface Exchange {
  readonly pairs: readonly {
    readonly domain: Domain;
    readonly one: Value;
    readonly other: Value;
  }[];
}

/** A whole model. */
export interface Definition {
  readonly name: string;
  readonly variables: readonly Variable[];
  /**
   * One list of effects for each initial state, applied to the state in which each variable has the first value of its
   * domain. Default: that state alone.
   */
  readonly initial?: readonly (readonly Effect[])[];
  readonly actions: readonly Action[];
  readonly invariants: readonly Invariant[];
  /** Used only by a search that asks for it, and tested before it is. */
  readonly symmetry?: readonly Exchange[];
}

/** A variable with one value. */
export function variable<V extends Value>(name: string, domain: Domain<V>): Variable & Cell<V> {
  const place: Place = { name, domain, indices: [] };
  return { name, places: [place], of: [], ...cellAt(place, domain) };
}

/**
 * A variable with an element for each combination of values of the domains `of`, or for those only that `where` accepts.
 */
export function family<const Of extends readonly Domain[], V extends Value>(
  name: string,
  of: Of,
  domain: Domain<V>,
  where: (...indices: ValuesOf<Of>) => boolean = () => true,
): Family<Of, V> {
  const cells = new Map<string, Cell<V>>();
  for (const indices of combinations(of)) {
    if (!where(...(indices as ValuesOf<Of>))) continue;
    const place: Place = { name: `${name}[${indices.join(", ")}]`, domain, indices };
    cells.set(place.name, cellAt(place, domain));
  }
  return {
    name,
    of,
    places: [...cells.values()].map(({ place }) => place),
    at: (...indices) => {
      const cell = cells.get(`${name}[${indices.join(", ")}]`);
      if (cell !== undefined) return cell;
      throw new RangeError(
        `${name} has no element [${indices.join(", ")}]; it is indexed by ${of.map((each) => each.name).join(", ")}, for those values that its definition accepts`,
      );
    },
  };
}

/** An action: `rule` is asked once for each combination of parameter values, when the model is made. */
export function action<const P extends Readonly<Record<string, Domain>>>(
  name: string,
  parameters: P,
  rule: (values: { readonly [K in keyof P]: ValueOf<P[K]> }) => Rule,
): Action {
  const names = Object.keys(parameters);
  const instances = combinations(Object.values(parameters)).map((values) => {
    const given = Object.fromEntries(names.map((each, i) => [each, values[i]]));
    return {
      name: `${name}(${names.map((each, i) => `${each} ${String(values[i])}`).join(", ")})`,
      rule: rule(given as Parameters<typeof rule>[0]),
    };
  });
  return { name, instances };
}

/** An invariant. */
export function invariant(name: string, holds: Condition): Invariant {
  return { name, holds };
}

/** Two values trade places, in each of the domains at once. */
export function exchange(...pairs: readonly (readonly [Domain, Value, Value])[]): Exchange {
  for (const [domain, ...values] of pairs) for (const value of values) codeOf(domain, value);
  return { pairs: pairs.map(([domain, one, other]) => ({ domain, one, other })) };
}

/** All values of a domain may trade places: what matters is which are equal. */
export function interchangeable(domain: Domain): readonly Exchange[] {
  return domain.values
    .slice(1)
    .map((other, i) => exchange([domain, domain.values[i] as Value, other]));
}

/** Every combination of values; the last domain runs fastest. */
function combinations(domains: readonly Domain[]): readonly (readonly Value[])[] {
  return domains.reduce<readonly (readonly Value[])[]>(
    (sofar, { values }) => sofar.flatMap((head) => values.map((value) => [...head, value])),
    [[]],
  );
}
