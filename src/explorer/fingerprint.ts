// 64-bit fingerprints of packed states.

/** Words of a fingerprint. */
export const FINGERPRINT_WORDS = 2;

/**
 * Writes the fingerprint of each of so many states into two words. Two lanes read the same words with other constants, so
 * that states which agree in one lane by chance agree in the other by another chance only.
 */
export function fingerprintAll(
  states: Int32Array,
  count: number,
  stateWords: number,
  into: Int32Array,
): void {
  for (let i = 0; i < count; i++) {
    let one = 0x2545f491;
    let other = 0x6c078965;
    for (let at = i * stateWords; at < (i + 1) * stateWords; at++) {
      const word = states[at] as number;
      one = mixed(one ^ word);
      other = mixed(Math.imul(other ^ word, 0x9e3779b1));
    }
    into[FINGERPRINT_WORDS * i] = one;
    into[FINGERPRINT_WORDS * i + 1] = other;
  }
}

/** A permutation of words in which each bit depends on all (the finaliser of MurmurHash3). */
function mixed(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
