// Commands about single pages: what the application reads and writes, what the memory manager takes away.

import { allows } from "../../model/address-space.ts";
import { rangeOf, type AddressRange, type PageNumber, type ProcessId } from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";
import type { CommandRecord, Setting } from "../command.ts";
import { findPage, regionAt, spanOf, isWorthChanging } from "../mappings.ts";
import { addressName, rangeName } from "../names.ts";
import { osCommand } from "./os-command.ts";

/** The first page that an access by the application changes: it has no frame, or a write copies it. */
function worthTouching(
  { view, palette }: Setting,
  process: ProcessId,
  access: "read" | "write",
): AddressRange | null {
  for (const area of palette.areas) {
    const vad = regionAt(view, process, area);
    if (vad === undefined) continue;
    const isKnown = isWorthChanging(view, process, spanOf(vad));
    // Only views are copied when written, and only what was protected has guards.
    if (!isKnown && !palette.with.views && !palette.with.protection) continue;
    const found = findPage(
      view,
      process,
      spanOf(vad),
      (page, number) =>
        page.committed &&
        allows(page.protection, access) &&
        ((access === "write" && page.protection === "WRITECOPY") ||
          page.guard ||
          (isKnown &&
            view.mappedFrame(process, number) === null &&
            isWorthChanging(view, process, { first: number, count: 1 }))),
    );
    if (found !== null) return rangeOf({ first: found, count: 1 }, view.config.pageSizeBytes);
  }
  return null;
}

const write = osCommand({
  name: "write",
  rules: ["LAW-9"],
  places: () => 1,
  operation(setting, process) {
    const range = worthTouching(setting, process, "write");
    return range && { name: "write", range, stamp: setting.names.stamp() };
  },
  print: (view, process, op) =>
    op.name === "write" ? `write(${rangeName(view, process, op.range)})` : op.name,
});

const read = osCommand({
  name: "read",
  rules: ["LAW-9"],
  places: () => 1,
  operation(setting, process) {
    const range = worthTouching(setting, process, "read");
    return range && { name: "read", range };
  },
  print: (view, process, op) =>
    op.name === "read" ? `read(${rangeName(view, process, op.range)})` : op.name,
});

/** The first page of the region at an area that the memory manager could take the frame of. */
function trimmable({ view, palette }: Setting, process: ProcessId, k: number): PageNumber | null {
  const vad = regionAt(view, process, palette.areas[k]);
  return vad === undefined || !isWorthChanging(view, process, spanOf(vad))
    ? null
    : findPage(view, process, spanOf(vad), (_page, number) => isTrimmable(view, process, number));
}

function isTrimmable(view: WorldView, process: ProcessId, number: PageNumber): boolean {
  const pfn = view.mappedFrame(process, number);
  return (
    pfn !== null &&
    view.frame(pfn)?.lockCount === 0 &&
    isWorthChanging(view, process, { first: number, count: 1 })
  );
}

const trim = osCommand({
  name: "trim",
  rules: ["MM-3", "LAW-1"],
  places: ({ view }) => (view.config.environment.trim ? 1 : 0),
  operation(setting, process) {
    for (let k = 0; k < setting.palette.areas.length; k++) {
      const page = trimmable(setting, process, k);
      if (page !== null) return { name: "trim", page };
    }
    return null;
  },
  print: (view, process, op) =>
    op.name === "trim"
      ? `trim(${addressName(view, process, op.page * view.config.pageSizeBytes)})`
      : op.name,
});

const failNextPageIn = osCommand({
  name: "failNextPageIn",
  rules: ["OWN-3", "OWN-4", "SPI-1"],
  places: ({ palette }) => (palette.with.faults ? palette.areas.length : 0),
  operation(setting, process, k) {
    const page = trimmable(setting, process, k);
    return page !== null && setting.view.vadAt(process, page)?.section === null
      ? { name: "failNextPageIn", page }
      : null;
  },
  print: (view, process, op) =>
    op.name === "failNextPageIn"
      ? `failNextPageIn(${addressName(view, process, op.page * view.config.pageSizeBytes)})`
      : op.name,
});

export const pageCommands: readonly CommandRecord[] = [write, read, trim, failNextPageIn];
