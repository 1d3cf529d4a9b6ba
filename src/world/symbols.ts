// Names and plain records as numbers. A number stands for the same text in every copy of a state; the table is outside
// the state and only grows. Fingerprints use the hash of the text, which does not depend on who came first.

export class Symbols {
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [];
  readonly #hashes: number[] = [];
  readonly #records = new Map<number, unknown>();

  /** The text that was asked for last: the events of one command are about the same few names. */
  #last = "";
  #lastId = 0;

  /** The number of a text, from 1. */
  id(text: string): number {
    if (text === this.#last) return this.#lastId;
    const known = this.#ids.get(text);
    if (known !== undefined) return this.#remember(text, known);
    const id = this.#texts.length + 1;
    this.#ids.set(text, id);
    this.#texts.push(text);
    this.#hashes.push(hashOf(text));
    return this.#remember(text, id);
  }

  #remember(text: string, id: number): number {
    this.#last = text;
    this.#lastId = id;
    return id;
  }

  /** The number of a text that may never have been named; 0 then. */
  find(text: string): number {
    if (text === this.#last) return this.#lastId;
    const id = this.#ids.get(text);
    return id === undefined ? 0 : this.#remember(text, id);
  }

  text(id: number): string {
    return this.#texts[id - 1] ?? "";
  }

  /** The record whose JSON the text is, parsed once. */
  record(id: number): unknown {
    let record = this.#records.get(id);
    if (record === undefined) {
      record = JSON.parse(this.text(id)) as unknown;
      this.#records.set(id, record);
    }
    return record;
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
