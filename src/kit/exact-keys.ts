// Keys that are the states themselves: each text of a state gets a number, and is kept. Slow, and large; for those who want
// no probability in the answer, and for looking at the fingerprints.

/** UTF-16 units, and what a map takes beside a text. */
const BYTES_PER_UNIT = 2;
const ENTRY_BYTES = 64;

/** Numbers of texts. */
export class ExactKeys {
  readonly #numbers = new Map<string, number>();
  #bytes = 0;

  /** What the texts take, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The number of a text, from 0; equal texts have equal ones. */
  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(text, number);
    this.#bytes += BYTES_PER_UNIT * text.length + ENTRY_BYTES;
    return number;
  }
}
