// Finite sets of values. In a packed state a value is its place in the list of its domain, its code.

/** What a state variable may hold. */
export type Value = string | number | boolean | null;

/** A finite set of values in a fixed order. The first one is what a variable holds in the beginning. */
export interface Domain<V extends Value = Value> {
  readonly name: string;
  readonly values: readonly V[];
  /** The domain to which this one adds null, if that is how it was made. */
  readonly base: Domain | null;
}

/** A domain that lists its values. */
export function oneOf<const V extends Value>(name: string, values: readonly V[]): Domain<V> {
  if (new Set(values).size !== values.length || values.length === 0) {
    throw new RangeError(
      `the domain ${name} lists ${values.length === 0 ? "no value" : "a value twice"}; give each of its values once`,
    );
  }
  return { name, values, base: null };
}

/** The whole numbers from `first` to `last`, both included. */
export function range(name: string, first: number, last: number): Domain<number> {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || last < first) {
    throw new RangeError(
      `the domain ${name} goes from ${first} to ${last}; give two whole numbers, the smaller first`,
    );
  }
  return oneOf(
    name,
    Array.from({ length: last - first + 1 }, (_, i) => first + i),
  );
}

/** A domain's values, and null before them. */
export function optional<V extends Value>(base: Domain<V>): Domain<V | null> {
  return { ...oneOf<V | null>(`optional ${base.name}`, [null, ...base.values]), base };
}

/** False, then true. */
export const flag: Domain<boolean> = oneOf("flag", [false, true]);

/**
 * The code of a value.
 *
 * @throws RangeError if the domain does not have it.
 */
export function codeOf(domain: Domain, value: Value): number {
  const code = domain.values.indexOf(value);
  if (code !== -1) return code;
  throw new RangeError(
    `${String(value)} is not in the domain ${domain.name}, which has ${domain.values.join(", ")}`,
  );
}

/** Bits that hold every code of a domain. */
export function bitsOf(domain: Domain): number {
  return 32 - Math.clz32(domain.values.length - 1);
}

/** Whether codes of one domain mean the same in the other. */
export function haveSameCodes(one: Domain, other: Domain): boolean {
  return (
    one === other ||
    (one.values.length === other.values.length &&
      one.values.every((value, code) => value === other.values[code]))
  );
}
