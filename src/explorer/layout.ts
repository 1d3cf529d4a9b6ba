// Where each place of a state is in its packed words. A place never lies across two words.

import { bitsOf } from "./domain.ts";
import type { Variable } from "./definition.ts";
import type { Place } from "./expression.ts";

const WORD_BITS = 32;

/** The bits of a place: `(state[word] >>> shift) & mask` is the code of its value. */
export interface Position {
  readonly word: number;
  readonly shift: number;
  readonly mask: number;
}

/** How states of a model are packed. */
export interface Layout {
  readonly words: number;
  readonly positions: ReadonlyMap<Place, Position>;
}

/** Puts each place into the first word that has room for it. */
export function layoutOf(variables: readonly Variable[]): Layout {
  const used: number[] = [];
  const positions = new Map<Place, Position>();
  for (const place of variables.flatMap((each) => each.places)) {
    const bits = bitsOf(place.domain);
    const free = used.findIndex((taken) => taken + bits <= WORD_BITS);
    const word = free === -1 ? used.push(0) - 1 : free;
    const shift = used[word] ?? 0;
    positions.set(place, {
      word,
      shift: shift % WORD_BITS,
      mask: bits === 0 ? 0 : -1 >>> (WORD_BITS - bits),
    });
    used[word] = shift + bits;
  }
  return { words: Math.max(1, used.length), positions };
}

/** The position of a place; throws a TypeError if no variable of the model has it. */
export function positionOf(layout: Layout, place: Place): Position {
  const position = layout.positions.get(place);
  if (position !== undefined) return position;
  throw new TypeError(
    `${place.name} is used by the model but is not among its variables; list its variable in the definition`,
  );
}
