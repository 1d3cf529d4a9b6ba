// The address space, cut into segments wherever a range begins or ends (Open MPI: base/rcache_base_vma_tree.c). Each segment
// lists the items that cover it, so that these may overlap in any way.

import type { AddressRange } from "stalemate";
import { end } from "./ranges.ts";

interface Segment<T> {
  readonly start: number;
  readonly end: number;
  readonly items: readonly T[];
}

/** Disjoint segments in order of address, none of them without an item. */
export interface VmaTree<T> {
  insert(item: T): void;
  remove(item: T): void;
  /** Every item that has pages of the range, once. */
  over(range: AddressRange): readonly T[];
}

/** An empty one. */
export function vmaTree<T extends { readonly range: AddressRange }>(): VmaTree<T> {
  let segments: Segment<T>[] = [];

  function cutAt(address: number): void {
    segments = segments.flatMap((each) =>
      each.start < address && address < each.end
        ? [
            { ...each, end: address },
            { ...each, start: address },
          ]
        : [each],
    );
  }

  return {
    insert(item) {
      const { start } = item.range;
      const bound = end(item.range);
      cutAt(start);
      cutAt(bound);
      const added: Segment<T>[] = [];
      let at: number = start;
      for (const each of segments.filter((other) => start <= other.start && other.end <= bound)) {
        if (at < each.start) added.push({ start: at, end: each.start, items: [item] });
        added.push({ ...each, items: [...each.items, item] });
        at = each.end;
      }
      if (at < bound) added.push({ start: at, end: bound, items: [item] });
      const apart = segments.filter((other) => other.end <= start || bound <= other.start);
      segments = [...apart, ...added].toSorted((a, b) => a.start - b.start);
    },
    remove(item) {
      segments = segments
        .map((each) => ({ ...each, items: each.items.filter((other) => other !== item) }))
        .filter((each) => each.items.length > 0);
    },
    over(range) {
      const touched = segments.filter((each) => each.start < end(range) && range.start < each.end);
      return [...new Set(touched.flatMap((each) => each.items))];
    },
  };
}
