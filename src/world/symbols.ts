// Names and plain records as numbers. A number stands for the same text in every copy of a state; the table is outside
// the state and only grows. Fingerprints use the hash of the text, which does not depend on who came first.

export class Symbols {
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [];
  readonly #hashes: number[] = [];

  /** The number of a text, from 1. */
  id(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#texts.length + 1;
    this.#ids.set(text, id);
    this.#texts.push(text);
    this.#hashes.push(hashOf(text));
    return id;
  }

  /** The number of a text that may never have been named; 0 then. */
  find(text: string): number {
    return this.#ids.get(text) ?? 0;
  }

  text(id: number): string {
    return this.#texts[id - 1] ?? "";
  }

  hash(id: number): number {
    return this.#hashes[id - 1] ?? 0;
  }
}

/** FNV-1a over the UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
