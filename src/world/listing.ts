// Rows as lists of records.

import { NONE, type Chain, type Table } from "./table.ts";

/** Every row of a table that is wanted, as a record. */
export function rows<T>(
  table: Table,
  record: (slot: number) => T,
  isWanted: (slot: number) => boolean = () => true,
): T[] {
  const records: T[] = [];
  for (let slot = table.first(); slot !== NONE; slot = table.next(slot)) {
    if (isWanted(slot)) records.push(record(slot));
  }
  return records;
}

export function links<T>(chain: Chain, ends: number, record: (slot: number) => T): T[] {
  const records: T[] = [];
  for (let slot = chain.first(ends); slot !== NONE; slot = chain.next(slot)) {
    records.push(record(slot));
  }
  return records;
}

/** Somebody asked for what this world does not have. */
export function absent(what: string, index: number): never {
  throw new RangeError(`${what} ${index} does not exist in this world`);
}
