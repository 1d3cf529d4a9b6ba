// What is compared of two answers: a description of their parts. It is complete by its type: a field that a record gains
// is compared, or left out on purpose, or nothing compiles.
//
// Why not simply everything: an implementation may answer a record whose fields are read when somebody asks for them,
// and may keep things of its own in it.

/** `value`: primitives, and plain lists and records of such. */
export type Shape = "value" | "ignored" | ListShape | FieldsShape;

interface ListShape {
  readonly each: Shape;
}

interface FieldsShape {
  readonly names: readonly string[];
  readonly shapes: readonly Shape[];
}

/** The shape of a record. */
export interface ShapeOf<T> extends FieldsShape {
  readonly names: readonly (keyof T & string)[];
}

export const listOf = (each: Shape): Shape => ({ each });

/** A shape for every field of `T`. */
export function fieldsOf<T>(shapes: { readonly [Name in keyof T]-?: Shape }): ShapeOf<T> {
  const compared = Object.entries<Shape>(shapes).filter(([, shape]) => shape !== "ignored");
  return {
    names: compared.map(([name]) => name as keyof T & string),
    shapes: compared.map(([, shape]) => shape),
  };
}

/** Where two values differ first. */
export interface Difference {
  /** Names and indices, from the outside in. */
  readonly path: string;
  readonly left: unknown;
  readonly right: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** Where two values of the shape differ first; null if they are equal. */
export function difference(shape: Shape, left: unknown, right: unknown): Difference | null {
  if (left === right || shape === "ignored") return null;
  if (shape === "value" || !isRecord(left) || !isRecord(right)) return firstDifference(left, right);
  if ("each" in shape) return differenceOfLists(shape.each, left, right);
  for (let i = 0; i < shape.names.length; i++) {
    const name = shape.names[i] as string;
    const inside = difference(shape.shapes[i] as Shape, left[name], right[name]);
    if (inside !== null) return within(name, inside);
  }
  return null;
}

/** Where two plain values differ first; null if they are equal. A field that is undefined is not there. */
export function firstDifference(left: unknown, right: unknown): Difference | null {
  if (left === right) return null;
  if (!isRecord(left) || !isRecord(right)) return { path: "", left, right };
  if (Array.isArray(left) || Array.isArray(right)) return differenceOfLists("value", left, right);
  for (const name in left) {
    const inside = firstDifference(left[name], right[name]);
    if (inside !== null) return within(name, inside);
  }
  for (const name in right) {
    if (left[name] === undefined && right[name] !== undefined) {
      return { path: name, left: undefined, right: right[name] };
    }
  }
  return null;
}

function differenceOfLists(each: Shape, left: unknown, right: unknown): Difference | null {
  if (!Array.isArray(left) || !Array.isArray(right)) return { path: "", left, right };
  const common = Math.min(left.length, right.length);
  for (let i = 0; i < common; i++) {
    const inside = difference(each, left[i], right[i]);
    if (inside !== null) return within(String(i), inside);
  }
  if (left.length === right.length) return null;
  return { path: String(common), left: left[common] as unknown, right: right[common] as unknown };
}

const isRecord = (value: unknown): value is Fields => typeof value === "object" && value !== null;

function within(name: string, { path, left, right }: Difference): Difference {
  return { path: path === "" ? name : `${name}.${path}`, left, right };
}

/** The value with the compared parts only, as plain lists and records. */
export function plain(shape: Shape, value: unknown): unknown {
  if (shape === "value" || shape === "ignored" || !isRecord(value)) return value;
  if ("names" in shape) {
    const { names, shapes } = shape;
    return Object.fromEntries(
      names.map((name, i) => [name, plain(shapes[i] as Shape, value[name])]),
    );
  }
  return Array.isArray(value) ? value.map((each) => plain(shape.each, each)) : value;
}
