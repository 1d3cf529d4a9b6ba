// Words of which most are 0, as a saved world's are, in a few: runs of zeros are counted, and only the others written.

/** So many zeros, and so many words, are told by one word. */
const MOST = 0xffff;

/**
 * Packs so many words.
 * @param into has room for the words and one more for every two of them.
 * @returns how many words it took.
 */
export function pack(words: Int32Array, count: number, into: Int32Array): number {
  let at = 0;
  let to = 0;
  while (at < count) {
    const zeros = runOf(words, at, count, true);
    const first = at + zeros;
    const others = runOf(words, first, count, false);
    into[to++] = (zeros << 16) | others;
    for (let i = first; i < first + others; i++) into[to++] = words[i] as number;
    at = first + others;
  }
  return to;
}

/** How many words from there on are 0, or are not. */
function runOf(words: Int32Array, from: number, count: number, areZero: boolean): number {
  const end = Math.min(count, from + MOST);
  let at = from;
  while (at < end && (words[at] === 0) === areZero) at++;
  return at - from;
}

/** Unpacks into as many words as were packed. */
export function unpack(packed: Int32Array, into: Int32Array): void {
  let to = 0;
  for (let at = 0; at < packed.length;) {
    const head = packed[at++] as number;
    const end = to + (head >>> 16);
    while (to < end) into[to++] = 0;
    const last = to + (head & MOST);
    while (to < last) into[to++] = packed[at++] as number;
  }
}
