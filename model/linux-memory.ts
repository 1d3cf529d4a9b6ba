// What an application may ask of its address space where Windows has no word for it: in the families of UCX, libfabric
// and their like. One function per Linux function, on the regions that address-space.ts keeps.
//
// Sources: Linux manual pages, mmap(2) (MAP_FIXED), mremap(2) (MREMAP_FIXED), madvise(2) (MADV_DONTNEED), fork(2),
// fallocate(2) (FALLOC_FL_PUNCH_HOLE), ftruncate(2).
// Not modelled: a mapping across regions; the child of a fork, which is as if it had ended when the parent writes; the
// end of a file, beyond which an access raises SIGBUS: a truncated file is as if it was extended again at once.

import { newPage, ownVad, vadCovering, vadSpan, type Page, type Vad } from "./address-space.ts";
import type { MappingChange } from "./contract.ts";
import { noteChange, waitsForHooks } from "./mapping-changes.ts";
import type { Memory } from "./memory.ts";
import { own } from "./ownership.ts";
import { decommitPage, dropFrame } from "./page-access.ts";
import { unmapFrame } from "./physical-memory.ts";
import {
  brand,
  pageNumbers,
  pagesOf,
  spansOverlap,
  unreachable,
  type PageNumber,
  type PageSpan,
  type ProcessId,
  type VirtualAddress,
} from "./units.ts";
import { done, failed, refused, type Performed } from "./performed.ts";

/** A call of the application that Windows lacks. Addresses and sizes are whole pages. */
export type LinuxOperation =
  /** MAP_FIXED | MAP_ANONYMOUS over what is mapped there: fresh pages in the place of the old. */
  | { readonly name: "mmap"; readonly address: VirtualAddress; readonly sizeBytes: number }
  /** MREMAP_FIXED: the pages move, and replace what was mapped at the target. */
  | {
      readonly name: "mremap";
      readonly address: VirtualAddress;
      readonly sizeBytes: number;
      readonly target: VirtualAddress;
    }
  /** MADV_DONTNEED: private pages lose their contents, and get new frames when they are touched. */
  | { readonly name: "madvise"; readonly address: VirtualAddress; readonly sizeBytes: number }
  /** Private pages are shared with the child until one of both writes. */
  | { readonly name: "fork" }
  /** FALLOC_FL_PUNCH_HOLE over pages of the section, in every view of it. */
  | {
      readonly name: "fallocate";
      readonly section: number;
      readonly firstPage: number;
      readonly pageCount: number;
    }
  /** The section's pages from `pageCount` on are dropped. */
  | { readonly name: "ftruncate"; readonly section: number; readonly pageCount: number };

/** Performs one operation in one process. `told`: see `waitsForHooks`. */
export function performLinux(
  memory: Memory,
  process: ProcessId,
  op: LinuxOperation,
  told: readonly PageSpan[],
): Performed {
  switch (op.name) {
    case "mmap":
      return mapOver(memory, process, op, told);
    case "mremap":
      return move(memory, process, op, told);
    case "madvise":
      return discard(memory, process, op, told);
    case "fork":
      return fork(memory, process);
    case "fallocate":
      return dropSectionPages(memory, op.section, op.firstPage, op.pageCount, "file-hole");
    case "ftruncate": {
      const count = memory.sections[op.section]?.pages.length ?? 0;
      return dropSectionPages(memory, op.section, op.pageCount, count - op.pageCount, "truncate");
    }
    default:
      return unreachable(op);
  }
}

type Op<Name extends LinuxOperation["name"]> = Extract<LinuxOperation, { name: Name }>;

/** The pages of one private region, or null. */
function privatePages(
  memory: Memory,
  process: ProcessId,
  start: VirtualAddress,
  lengthBytes: number,
): { readonly vad: Vad; readonly span: PageSpan } | null {
  const space = memory.spaces[process];
  if (space === undefined) throw new RangeError(`process ${process} does not exist`);
  if (start % memory.pageSizeBytes !== 0 || lengthBytes < 1) return null;
  const span = pagesOf({ start, lengthBytes }, memory.pageSizeBytes);
  const vad = vadCovering(space, span);
  return vad === undefined || vad.section !== null ? null : { vad, span };
}

/** The pages of a region, to be written to. */
const ownPages = (memory: Memory, process: ProcessId, vad: Vad): Page[] =>
  own(ownVad(own(own(memory, "spaces"), process), vad.base), "pages");

function mapOver(
  memory: Memory,
  process: ProcessId,
  op: Op<"mmap">,
  told: readonly PageSpan[],
): Performed {
  const found = privatePages(memory, process, op.address, op.sizeBytes);
  if (found === null) return failed("ERROR_INVALID_ADDRESS");
  const { vad, span } = found;
  if (waitsForHooks(memory, process, span, "map-over", told)) return refused(span);
  const pages = ownPages(memory, process, vad);
  for (const number of pageNumbers(span)) {
    replace(memory, pages, number - vad.base, newPage(true, "READWRITE", false));
  }
  noteChange(memory, process, span, "map-over");
  return done(span.first * memory.pageSizeBytes, span);
}

function replace(memory: Memory, pages: Page[], index: number, page: Page): void {
  const old = pages[index];
  if (old !== undefined) dropFrame(memory, old);
  pages[index] = page;
}

/** Source and target lie each in one private region, and apart. Everybody is told of the source, then of the target. */
function move(
  memory: Memory,
  process: ProcessId,
  op: Op<"mremap">,
  told: readonly PageSpan[],
): Performed {
  const from = privatePages(memory, process, op.address, op.sizeBytes);
  const to = privatePages(memory, process, op.target, op.sizeBytes);
  if (from === null || to === null) return failed("ERROR_INVALID_ADDRESS");
  if (spansOverlap(from.span, to.span)) return failed("ERROR_INVALID_PARAMETER");
  if (waitsForHooks(memory, process, from.span, "move-source", told)) return refused(from.span);
  if (waitsForHooks(memory, process, to.span, "move-target", told)) return refused(to.span);
  const sources = ownPages(memory, process, from.vad);
  const targets = ownPages(memory, process, to.vad);
  for (let i = 0; i < from.span.count; i++) {
    const at = from.span.first - from.vad.base + i;
    const moved = sources[at];
    if (moved === undefined) continue;
    replace(memory, targets, to.span.first - to.vad.base + i, { ...moved });
    sources[at] = newPage(false, moved.protection, false);
  }
  noteChange(memory, process, from.span, "move-source");
  noteChange(memory, process, to.span, "move-target");
  return done(to.span.first * memory.pageSizeBytes, hull(from.span, to.span));
}

function hull(a: PageSpan, b: PageSpan): PageSpan {
  const first = Math.min(a.first, b.first);
  return { first: brand(first), count: Math.max(a.first + a.count, b.first + b.count) - first };
}

function discard(
  memory: Memory,
  process: ProcessId,
  op: Op<"madvise">,
  told: readonly PageSpan[],
): Performed {
  const found = privatePages(memory, process, op.address, op.sizeBytes);
  if (found === null) return failed("ERROR_INVALID_ADDRESS");
  const { vad, span } = found;
  if (waitsForHooks(memory, process, span, "discard", told)) return refused(span);
  const pages = ownPages(memory, process, vad);
  for (const number of pageNumbers(span)) {
    const page = own(pages, number - vad.base);
    const { committed, guard } = page;
    if (!committed) continue;
    decommitPage(memory, page);
    page.committed = true;
    page.guard = guard;
  }
  noteChange(memory, process, span, "discard");
  return done(null, span);
}

/** What a write breaks later is copy-on-write, as in a view; nothing changes its mapping now. */
function fork(memory: Memory, process: ProcessId): Performed {
  const space = memory.spaces[process];
  if (space === undefined) throw new RangeError(`process ${process} does not exist`);
  for (const vad of space.vads) {
    if (vad.section !== null) continue;
    for (const [i, page] of vad.pages.entries()) {
      if (page.pfn === null || page.protection !== "READWRITE") continue;
      own(ownPages(memory, process, vad), i).protection = "WRITECOPY";
    }
  }
  return done(null, null);
}

/** The pages of the section are empty, in every view that shows them and has no copy of its own. */
function dropSectionPages(
  memory: Memory,
  index: number,
  first: number,
  count: number,
  change: MappingChange,
): Performed {
  const section = memory.sections[index];
  if (section === undefined || first < 0 || count < 1 || first + count > section.pages.length) {
    return failed("ERROR_INVALID_PARAMETER");
  }
  const old = section.pages.map(({ pfn }) => pfn);
  const pages = own(own(own(memory, "sections"), index), "pages");
  for (let i = first; i < first + count; i++) {
    const page = own(pages, i);
    if (page.pfn !== null) unmapFrame(own(memory, "physical"), page.pfn);
    page.pfn = null;
    page.stored = 0;
  }
  for (const process of memory.spaces.keys()) {
    for (const vad of memory.spaces[process]?.vads ?? []) {
      if (vad.section !== index) continue;
      for (const number of pageNumbers(vadSpan(vad))) {
        const at = number - vad.base;
        if (at < first || at >= first + count || vad.pages[at]?.copied === true) continue;
        const span = { first: brand<PageNumber>(number), count: 1 };
        noteChange(memory, brand<ProcessId>(process), span, change, old[at]);
      }
    }
  }
  return done(null, null);
}
