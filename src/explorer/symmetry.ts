// Symmetry: exchanges of values under which a model behaves alike. Of all states that the exchanges make of one another, a
// search needs to explore one: the canonical form, the one whose words are the least.
//
// An exchange moves each place of a state to a place and each value there to a value. So the image of a state is put
// together from tables, one look-up for a few places.

import { codeOf, type Domain, type Value } from "./domain.ts";
import type { Exchange, Variable } from "./definition.ts";
import { evaluated } from "./generated.ts";
import type { Place } from "./expression.ts";
import type { Model } from "./model.ts";
import { positionOf, type Layout } from "./layout.ts";

/** What the exchanges generate is listed as a whole; a larger group needs a cleverer canonical form than the least image. */
const MOST_SYMMETRIES = 5040;
/** Bits that one look-up covers. */
const CHUNK_BITS = 7;

/** What happens to the code of every value, in each domain that is not left as it is. */
type Permutation = ReadonlyMap<Domain, readonly number[]>;

/** Every state by its words: brings each of so many packed states into canonical form, in place. */
export type Canonical = (states: Int32Array, count: number) => void;

/** The declared exchanges of a model. All symmetries are made of them. */
export function generatorsOf({ definition }: Model): readonly Permutation[] {
  return (definition.symmetry ?? []).map(permutationOf);
}

/** The group that the exchanges of a model generate, without the identity. */
function symmetriesOf(model: Model): readonly Permutation[] {
  const generators = generatorsOf(model);
  const identity: Permutation = new Map();
  const group = new Map([[textOf(identity), identity]]);
  for (const one of group.values()) {
    for (const generator of generators) {
      const product = composed(one, generator);
      group.set(textOf(product), product);
      if (group.size > MOST_SYMMETRIES) {
        throw new RangeError(
          `the symmetry of ${model.definition.name} has more than ${MOST_SYMMETRIES} elements; declare fewer exchanges`,
        );
      }
    }
  }
  return [...group.values()].slice(1);
}

/** The image of one packed state. */
export function imageOf(
  { layout, definition }: Model,
  permutation: Permutation,
  states: Int32Array,
  at: number,
): Int32Array {
  const image = new Int32Array(layout.words);
  for (const variable of definition.variables) {
    for (const place of variable.places) {
      const { word, shift, mask } = positionOf(layout, place);
      const code = ((states[at + word] as number) >>> shift) & mask;
      const target = positionOf(layout, imageOfPlace(variable, place, permutation));
      const moved = imageOfCode(place.domain, code, permutation) << target.shift;
      image[target.word] = (image[target.word] as number) | moved;
    }
  }
  return image;
}

/** How states are brought into canonical form: the text of a function, and the tables that it reads. */
export interface CanonicalProgram {
  readonly source: string;
  readonly tables: Int32Array;
}

/** The canonical form of a model's states. */
export function canonicalProgram(model: Model): CanonicalProgram {
  const symmetries = symmetriesOf(model);
  const chunks = chunksOf(model.layout);
  const tables = symmetries.flatMap((each) =>
    chunks.map((chunk, i) => tableOf(model, each, chunk, i === 0)),
  );
  const all = new Int32Array(tables.reduce((sum, table) => sum + table.length, 0));
  let end = 0;
  for (const table of tables) {
    all.set(table, end);
    end += table.length;
  }
  return {
    source: canonicalSource(model.layout.words, chunks, symmetries.length),
    tables: all,
  };
}

/** The function of which a program is the text. */
export function canonicalFrom({ source, tables }: CanonicalProgram): Canonical {
  return evaluated("tables", source)(tables) as Canonical;
}

/** Places that one look-up covers: bits of one word. */
interface Chunk {
  readonly word: number;
  readonly shift: number;
  readonly bits: number;
}

/** Whole places only, in the order of their bits, so that each table has the images of its places. */
function chunksOf(layout: Layout): readonly Chunk[] {
  const chunks: { word: number; shift: number; bits: number }[] = [];
  const positions = [...layout.positions.values()].filter(({ mask }) => mask !== 0);
  positions.sort((a, b) => a.word - b.word || a.shift - b.shift);
  for (const { word, shift, mask } of positions) {
    const bits = 32 - Math.clz32(mask);
    const open = chunks.at(-1);
    if (open !== undefined && open.word === word && open.bits + bits <= CHUNK_BITS) {
      open.bits += bits;
    } else chunks.push({ word, shift, bits });
  }
  return chunks;
}

/**
 * The images of every content of a chunk. The exclusive or of the tables' entries is the image of the whole: zero is a code
 * like any other, so what becomes of the other places when they are zero is left to the first chunk.
 */
function tableOf(model: Model, permutation: Permutation, chunk: Chunk, first: boolean): Int32Array {
  const { words } = model.layout;
  const table = new Int32Array(words << chunk.bits);
  const state = new Int32Array(words);
  const empty = imageOf(model, permutation, state, 0);
  for (let bits = 0; bits < 1 << chunk.bits; bits++) {
    state[chunk.word] = bits << chunk.shift;
    const image = imageOf(model, permutation, state, 0);
    for (let word = 0; word < words; word++) {
      const base = first ? 0 : (empty[word] as number);
      table[bits * words + word] = (image[word] as number) ^ base;
    }
  }
  return table;
}

/**
 * The text of a function that compares a state with all its images. Word by word: w is the state, b the least so far, x the
 * image; most images are given up at their first word.
 */
function canonicalSource(words: number, chunks: readonly Chunk[], symmetries: number): string {
  const all = Array.from({ length: words }, (_, word) => word);
  const { terms, size } = imageTerms(words, chunks);
  const compared = all.map((word) => {
    const taken = all.slice(0, word + 1).map((before) => `b${before} = x${before};`);
    const others = all.slice(word + 1).map((behind) => `b${behind} = ${terms[behind]};`);
    return `const x${word} = ${terms[word]};
      if (x${word} > b${word}) continue;
      if (x${word} < b${word}) { ${[...taken, ...others].join(" ")} continue; }`;
  });
  const loads = all.map(
    (word) => `const w${word} = states[at + ${word}]; let b${word} = w${word};`,
  );
  const stores = all.map((word) => `states[at + ${word}] = b${word};`);
  return `"use strict";
    return function canonical(states, count) {
      for (let i = 0; i < count; i++) {
        const at = i * ${words};
        ${loads.join(" ")}
        for (let t = 0; t < ${size * symmetries}; t += ${size}) { ${compared.join("\n")} }
        ${stores.join(" ")}
      }
    };`;
}

/** For each word of the image, its text; and how many words the tables of one symmetry have. */
function imageTerms(
  words: number,
  chunks: readonly Chunk[],
): { readonly terms: readonly string[]; readonly size: number } {
  const terms = Array.from({ length: words }, () => "0");
  let size = 0;
  for (const { word, shift, bits } of chunks) {
    const index = `((w${word} >>> ${shift}) & ${(1 << bits) - 1})`;
    for (const target of terms.keys()) {
      terms[target] += ` ^ tables[t + ${size} + ${words} * ${index} + ${target}]`;
    }
    size += words << bits;
  }
  return { terms, size };
}

function permutationOf({ pairs }: Exchange): Permutation {
  const permutation = new Map<Domain, readonly number[]>();
  for (const { domain, one, other } of pairs) {
    const codes = permutation.get(domain) ?? domain.values.map((_, code) => code);
    const from = codeOf(domain, one);
    const to = codeOf(domain, other);
    permutation.set(
      domain,
      codes.map((code) => (code === from ? to : code === to ? from : code)),
    );
  }
  return permutation;
}

/** First `one`, then `next`. */
function composed(one: Permutation, next: Permutation): Permutation {
  const product = new Map<Domain, readonly number[]>();
  for (const domain of new Set([...one.keys(), ...next.keys()])) {
    const codes = domain.values.map((_, code) =>
      imageOfCode(domain, imageOfCode(domain, code, one), next),
    );
    if (codes.some((image, code) => image !== code)) product.set(domain, codes);
  }
  return product;
}

const domainNumbers = new WeakMap<Domain, number>();
let domains = 0;

/** Two permutations have the same text if they are the same. */
function textOf(permutation: Permutation): string {
  const texts = Array.from(permutation, ([domain, codes]) => {
    if (!domainNumbers.has(domain)) domainNumbers.set(domain, domains++);
    return `${domainNumbers.get(domain)}:${codes.join(",")}`;
  });
  return texts.toSorted().join(";");
}

/** Null, which an optional domain adds as its first value, stays null. */
function imageOfCode(domain: Domain, code: number, permutation: Permutation): number {
  const codes = permutation.get(domain);
  if (codes !== undefined) return codes[code] ?? code;
  if (domain.base === null || code === 0) return code;
  return imageOfCode(domain.base, code - 1, permutation) + 1;
}

function imageOfPlace({ name, of, places }: Variable, place: Place, permutation: Permutation) {
  const indices = place.indices.map((index, i) => imageOfValue(of[i], index, permutation));
  const image = places.find((each) => each.indices.every((index, i) => index === indices[i]));
  if (image !== undefined) return image;
  throw new TypeError(
    `the declared symmetry takes ${place.name} to ${name}[${indices.join(", ")}], which the model does not have; exchange values of all its indices together`,
  );
}

function imageOfValue(domain: Domain | undefined, value: Value, permutation: Permutation): Value {
  if (domain === undefined) return value;
  return domain.values[imageOfCode(domain, codeOf(domain, value), permutation)] ?? value;
}
