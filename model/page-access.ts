// What happens when memory is touched: demand-zero, page-in, guard pages, copy-on-write, trimming.
// Source: SDK, "Memory Protection Constants", VirtualAlloc (demand-zero), "Creating Guard Pages",
// MapViewOfFile (FILE_MAP_COPY); WDK, MmProbeAndLockPages.

import { allows, ownPage, pageAt, vadAt, type Page, type SectionPage } from "./address-space.ts";
import type { ExceptionStatus } from "./contract.ts";
import { noteChange } from "./mapping-changes.ts";
import type { Memory } from "./memory.ts";
import { own } from "./ownership.ts";
import { allocateFrame, frameAt, unmapFrame } from "./physical-memory.ts";
import type { PageNumber, Pfn, ProcessId } from "./units.ts";

/** The frame that a touched page maps, or the exception that the touch raises. */
export type Touch =
  | { readonly ok: true; readonly pfn: Pfn }
  | { readonly ok: false; readonly exception: ExceptionStatus };

/** Where the contents of a page are kept: in itself, or, for a shared page of a view, in its section. */
export function backing(
  memory: Memory,
  process: ProcessId,
  number: PageNumber,
): Page | SectionPage {
  const space = memory.spaces[process];
  const vad = space && vadAt(space, number);
  const page = vad?.pages[number - vad.base];
  if (vad === undefined || page === undefined) throw new RangeError(`page ${number} is free`);
  if (vad.section === null || page.copied) return page;
  const shared = memory.sections[vad.section]?.pages[number - vad.base];
  if (shared === undefined) throw new RangeError(`page ${number} is beyond its section`);
  return shared;
}

/** The same, to be written to. */
function ownBacking(memory: Memory, process: ProcessId, number: PageNumber): Page | SectionPage {
  const space = memory.spaces[process];
  const vad = space && vadAt(space, number);
  const page = vad?.pages[number - vad.base];
  if (vad === undefined || vad.section === null || page?.copied === true) {
    return ownPageOf(memory, process, number);
  }
  const section = own(own(memory, "sections"), vad.section);
  return own(own(section, "pages"), number - vad.base);
}

/** The page of the process, to be written to. */
export function ownPageOf(memory: Memory, process: ProcessId, number: PageNumber): Page {
  return ownPage(own(own(memory, "spaces"), process), number);
}

/** The frame that a page maps now; null when it is not committed or has no frame. */
export function mappedFrame(memory: Memory, process: ProcessId, number: PageNumber): Pfn | null {
  const space = memory.spaces[process];
  const page = space && pageAt(space, number);
  return page?.committed === true ? backing(memory, process, number).pfn : null;
}

/**
 * One access to one page, by the application or, inside try/except, by the kernel. Assigns a frame on
 * first access, brings a trimmed page back, and breaks WRITECOPY on a write.
 */
export function touch(
  memory: Memory,
  process: ProcessId,
  number: PageNumber,
  access: "read" | "write",
): Touch {
  const space = memory.spaces[process];
  const page = space && pageAt(space, number);
  if (page === undefined || !page.committed || !allows(page.protection, access)) {
    return { ok: false, exception: "STATUS_ACCESS_VIOLATION" };
  }
  if (page.guard) {
    ownPageOf(memory, process, number).guard = false;
    return { ok: false, exception: "STATUS_GUARD_PAGE_VIOLATION" };
  }
  if (page.inPageError) {
    ownPageOf(memory, process, number).inPageError = false;
    return { ok: false, exception: "STATUS_IN_PAGE_ERROR" };
  }
  const resident = pageIn(memory, process, number);
  if (resident === null) return { ok: false, exception: "STATUS_INSUFFICIENT_RESOURCES" };
  if (access === "write" && page.protection === "WRITECOPY") {
    const copy = breakCopyOnWrite(memory, process, number, resident);
    if (copy === null) return { ok: false, exception: "STATUS_INSUFFICIENT_RESOURCES" };
    return { ok: true, pfn: copy };
  }
  return { ok: true, pfn: resident };
}

function pageIn(memory: Memory, process: ProcessId, number: PageNumber): Pfn | null {
  const { pfn, stored } = backing(memory, process, number);
  if (pfn !== null) return pfn;
  const given = allocateFrame(own(memory, "physical"), stored);
  if (given === null) return null;
  const home = ownBacking(memory, process, number);
  home.pfn = given;
  home.stored = 0;
  return given;
}

/** A write to a WRITECOPY page: a frame of its own, with the contents of the one that it shared. */
function breakCopyOnWrite(
  memory: Memory,
  process: ProcessId,
  number: PageNumber,
  shared: Pfn,
): Pfn | null {
  const copy = allocateFrame(own(memory, "physical"), frameAt(memory.physical, shared).stamp);
  if (copy === null) return null;
  const page = ownPageOf(memory, process, number);
  // After a fork the child keeps the old frame, and is not modelled.
  if (page.pfn !== null) unmapFrame(own(memory, "physical"), page.pfn);
  page.pfn = copy;
  page.copied = true;
  page.protection = "READWRITE";
  noteChange(memory, process, { first: number, count: 1 }, "copy-on-write", shared);
  return copy;
}

/**
 * The memory manager takes the frame of an unlocked page away; the contents come back, in another frame, on
 * the next access. False, and nothing changes, if the page has no frame or the frame is locked.
 */
export function trimPage(memory: Memory, process: ProcessId, number: PageNumber): boolean {
  const pfn = mappedFrame(memory, process, number);
  if (pfn === null) return false;
  const frame = frameAt(memory.physical, pfn);
  if (frame.lockCount > 0) return false;
  const home = ownBacking(memory, process, number);
  home.stored = frame.stamp;
  home.pfn = null;
  unmapFrame(own(memory, "physical"), pfn);
  return true;
}

/** A page is no more: nothing maps the frame that it had of its own. A section's stays with the section. */
export function dropFrame(memory: Memory, page: Page): void {
  if (page.pfn !== null) unmapFrame(own(memory, "physical"), page.pfn);
}

/** A page stops being committed: its own frame and contents are gone. */
export function decommitPage(memory: Memory, page: Page): void {
  dropFrame(memory, page);
  page.committed = false;
  page.guard = false;
  page.pfn = null;
  page.stored = 0;
  page.copied = false;
  page.inPageError = false;
}
