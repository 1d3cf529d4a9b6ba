// Formats: how a value that came from JSON has to look to be a value of a type. Reading by a format answers a copy
// with the fields of the type and no others, in one order, so that equal values have equal JSON.
//
// A format is made for its type: a field that the type gains or loses does not compile until the format does too.

/** What a value is, and how it is read. */
export interface Format<T> {
  /** A noun phrase, as it stands in an error. */
  readonly is: string;
  /**
   * @param at the way to the value, for the sentence of the error.
   * @throws {FormatError} unless the value is one.
   */
  read(value: unknown, at: string): T;
}

/** A value is not what it has to be: a clause that says where, what was given, and what was wanted. */
export class FormatError extends Error {
  constructor(at: string, value: unknown, wanted: string) {
    super(`${at} is ${shown(value)}, and must be ${wanted}`);
    this.name = "FormatError";
  }
}

const LONGEST_SHOWN = 60;

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  const json = JSON.stringify(value);
  return json.length > LONGEST_SHOWN ? `${json.slice(0, LONGEST_SHOWN)}…` : json;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value that a test accepts. */
function plain<T>(is: string, test: (value: unknown) => boolean): Format<T> {
  return {
    is,
    read(value, at): T {
      if (!test(value)) throw new FormatError(at, value, is);
      return value as T;
    },
  };
}

export const text: Format<string> = plain("a text", (value) => typeof value === "string");

export const flag: Format<boolean> = plain("true or false", (value) => typeof value === "boolean");

/** Any number: a stamp, a seed. */
export const figure: Format<number> = plain("a number", (value) => typeof value === "number");

/** 0, 1, 2 …: a handle, an address, a number of things. */
export function count<T extends number = number>(): Format<T> {
  return plain("a whole number from 0 to 2^53 - 1", (value) => isWhole(value, 0));
}

/** 1, 2, 3 …: a length, a size. */
export const size: Format<number> = plain("a whole number from 1 to 2^53 - 1", (value) =>
  isWhole(value, 1),
);

const isWhole = (value: unknown, least: number): boolean =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= least;

/** Whatever JSON can hold. */
export function anything<T>(): Format<T> {
  return plain("a JSON value", (value) => value !== undefined);
}

/** An object, whatever its fields. */
export function object<T extends object>(): Format<T> {
  return plain("an object", isObject);
}

export function exactly<T extends string | number | boolean | null>(wanted: T): Format<T> {
  return plain(JSON.stringify(wanted), (value) => value === wanted);
}

/** One of a few texts. Each has to be there, so that none is forgotten. */
export function oneOf<T extends string>(values: Readonly<Record<T, true>>): Format<T> {
  const names = Object.keys(values);
  const is = names.map((each) => JSON.stringify(each)).join(" or ");
  return plain(is, (value) => names.some((each) => each === value));
}

export function nullable<T>(format: Format<T>): Format<T | null> {
  const is = `null or ${format.is}`;
  return {
    is,
    read(value, at): T | null {
      if (value === undefined) throw new FormatError(at, value, is);
      return value === null ? null : format.read(value, at);
    },
  };
}

export function list<T>(format: Format<T>): Format<readonly T[]> {
  const is = `a list; each element is ${format.is}`;
  return {
    is,
    read(value, at): readonly T[] {
      if (!Array.isArray(value)) throw new FormatError(at, value, is);
      return value.map((each, i) => format.read(each, `${at}[${i}]`));
    },
  };
}

/** A list of so many elements, each with a format of its own. */
export function tuple<T extends readonly unknown[]>(
  ...formats: { readonly [K in keyof T]: Format<T[K]> }
): Format<T> {
  const each: readonly Format<unknown>[] = formats;
  const is = `a list of ${each.length}: ${each.map((format) => format.is).join("; ")}`;
  return {
    is,
    read(value, at): T {
      if (!Array.isArray(value) || value.length !== each.length) {
        throw new FormatError(at, value, is);
      }
      return each.map((format, i) => format.read(value[i], `${at}[${i}]`)) as unknown as T;
    },
  };
}

/** A field that need not be there. */
interface Optional<T> {
  readonly optional: Format<T>;
}

export const optional = <T>(format: Format<T>): Optional<T> => ({ optional: format });

/** A format for each field of T. */
export type Fields<T> = {
  readonly [K in keyof T]-?: Pick<T, K> extends Required<Pick<T, K>>
    ? Format<T[K]>
    : Optional<Exclude<T[K], undefined>>;
};

/** An object with these fields. Others may be there, and are left out of the copy. */
export function record<T extends object>(fields: Fields<T>): Format<T> {
  const entries = Object.entries<Format<unknown> | Optional<unknown>>(fields);
  const is = `an object with ${entries.map(([name]) => name).join(", ") || "any fields"}`;
  return {
    is,
    read(value, at): T {
      if (!isObject(value)) throw new FormatError(at, value, is);
      const copy: Record<string, unknown> = {};
      for (const [name, format] of entries) {
        const given = value[name];
        if ("read" in format) copy[name] = format.read(given, `${at}.${name}`);
        else if (given !== undefined) copy[name] = format.optional.read(given, `${at}.${name}`);
      }
      return copy as T;
    },
  };
}

type TagOf<U, Tag extends keyof U> = `${U[Tag] & (string | boolean)}`;

/** The members of a union whose tag can be V, without it. */
type Tagged<U, Tag extends keyof U, V extends string> = U extends unknown
  ? V extends TagOf<U, Tag>
    ? Omit<U, Tag>
    : never
  : never;

/** For each value of the tag, the other fields. */
export type Variants<U, Tag extends keyof U> = {
  readonly [V in TagOf<U, Tag>]: Fields<Tagged<U, Tag, V>>;
};

/** A member of a union of objects that one field tells apart: a text, or true and false. */
export function tagged<U extends object, Tag extends keyof U & string>(
  tag: Tag,
  variants: Variants<U, Tag>,
): Format<U> {
  const formats = new Map(
    Object.entries<Fields<object>>(variants).map(([name, fields]) => [name, record(fields)]),
  );
  const names = [...formats.keys()].join(", ");
  const is = `an object with ${tag}, one of ${names}`;
  return {
    is,
    read(value, at): U {
      if (!isObject(value)) throw new FormatError(at, value, is);
      const name = value[tag];
      // true is a tag, and "true" is none.
      const key = typeof name === "boolean" || !isTruthName(name) ? String(name) : "";
      const format = formats.get(key);
      if (format === undefined) throw new FormatError(`${at}.${tag}`, name, `one of ${names}`);
      return { [tag]: name, ...format.read(value, at) } as U;
    },
  };
}

const isTruthName = (name: unknown): boolean => name === "true" || name === "false";

/** One format for values that a test accepts, another for all others. */
export function choice<A, B>(
  test: (value: unknown) => boolean,
  accepted: Format<A>,
  other: Format<B>,
): Format<A | B> {
  return {
    is: `${accepted.is}; or ${other.is}`,
    read: (value, at): A | B => (test(value) ? accepted.read(value, at) : other.read(value, at)),
  };
}

/** True for objects that have the field. */
export const hasField =
  (name: string) =>
  (value: unknown): boolean =>
    isObject(value) && name in value;
