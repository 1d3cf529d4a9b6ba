import type { EntryTable } from "./entry-table.ts";
import type { IdleList } from "./idle-list.ts";
import type { OwedList } from "./owed-list.ts";
import type { Ownership } from "./ownership.ts";
import type { PageIndex } from "./page-index.ts";

/** The state of a cache: its entries, and the ways to find them. */
export interface CacheParts {
  readonly table: EntryTable;
  readonly index: PageIndex;
  readonly idle: IdleList;
  readonly owed: OwedList;
  readonly ownership: Ownership;
}
