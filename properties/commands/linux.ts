// Commands of the application on its mappings where Windows has no word for it. Impossible in the Windows family.

import { isBeyondWindows } from "../../model/families.ts";
import { brand, rangeOf, spansOverlap, type PageSpan, type ProcessId } from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";
import type { OsOperation } from "../../model/virtual-memory.ts";
import type { CommandRecord, Setting } from "../command.ts";
import { findPage, isWorthChanging, regionAt, spanOf, vadCovering } from "../mappings.ts";
import { addressName, inProcess, sizeName } from "../names.ts";
import { osCommand } from "./os-command.ts";

/** No places in the Windows family. */
const beyondWindows =
  (places: (setting: Setting) => number) =>
  (setting: Setting): number =>
    isBeyondWindows(setting.view.config.notification) ? places(setting) : 0;

/** The pages are of one private region, and one of them at least is committed. */
function isPrivate(view: WorldView, process: ProcessId, span: PageSpan): boolean {
  return (
    vadCovering(view, process, span)?.section === null &&
    findPage(view, process, span, (page) => page.committed) !== null
  );
}

/** The k-th span, if it is private memory that is or was registered. */
function worthySpan({ view, palette }: Setting, process: ProcessId, k: number): PageSpan | null {
  const span = palette.spans[k];
  if (span === undefined || !isWorthChanging(view, process, span)) return null;
  return isPrivate(view, process, span) ? span : null;
}

/** An operation on the k-th span and nothing else. */
const onSpan =
  (name: "mmap" | "madvise") =>
  (setting: Setting, process: ProcessId, k: number): OsOperation | null => {
    const span = worthySpan(setting, process, k);
    if (span === null) return null;
    const { start, lengthBytes } = rangeOf(span, setting.view.config.pageSizeBytes);
    return { name, address: start, sizeBytes: lengthBytes };
  };

const mmap = osCommand({
  name: "mmap",
  rules: ["LAW-1", "LAW-3"],
  subjects: ["cache"],
  places: beyondWindows(({ palette }) => palette.spans.length),
  operation: onSpan("mmap"),
  print: (view, process, op) =>
    op.name === "mmap"
      ? `mmap({ over: ${addressName(view, process, op.address)}, size: ${sizeName(view, op.sizeBytes)}${inProcess(process)} })`
      : op.name,
});

/** A span is moved away, or something is moved onto it. */
const DIRECTIONS = 2;

const mremap = osCommand({
  name: "mremap",
  rules: ["LAW-1", "LAW-3"],
  subjects: ["cache"],
  places: beyondWindows(({ palette }) => DIRECTIONS * palette.spans.length),
  operation(setting, process, k) {
    const { view } = setting;
    const span = worthySpan(setting, process, Math.floor(k / DIRECTIONS));
    const other = span && counterpart(setting, process, span);
    if (span === null || other === null) return null;
    const [from, to] = k % DIRECTIONS === 0 ? [span, other] : [other, span];
    const { start, lengthBytes } = rangeOf(from, view.config.pageSizeBytes);
    const target = rangeOf(to, view.config.pageSizeBytes).start;
    return { name: "mremap", address: start, sizeBytes: lengthBytes, target };
  },
  print: (view, process, op) =>
    op.name === "mremap"
      ? `mremap({ from: ${addressName(view, process, op.address)}, to: ${addressName(view, process, op.target)}, size: ${sizeName(view, op.sizeBytes)}${inProcess(process)} })`
      : op.name,
});

/** The first pages of a region that a span may change places with: as many, private, and apart from it. */
function counterpart(
  { view, palette }: Setting,
  process: ProcessId,
  span: PageSpan,
): PageSpan | null {
  for (const { first, count } of palette.areas) {
    for (const start of [first, first + count - span.count]) {
      const other: PageSpan = { first: brand(start), count: span.count };
      if (start < 0 || spansOverlap(other, span)) continue;
      if (isPrivate(view, process, other)) return other;
    }
  }
  return null;
}

const madvise = osCommand({
  name: "madvise",
  rules: ["LAW-1", "LAW-3"],
  subjects: ["cache"],
  places: beyondWindows(({ palette }) => palette.spans.length),
  operation: onSpan("madvise"),
  print: (view, process, op) =>
    op.name === "madvise"
      ? `madvise({ at: ${addressName(view, process, op.address)}, size: ${sizeName(view, op.sizeBytes)}, advice: DONTNEED${inProcess(process)} })`
      : op.name,
});

const fork = osCommand({
  name: "fork",
  rules: ["LAW-1"],
  subjects: ["cache"],
  places: beyondWindows(() => 1),
  operation({ view, palette }, process) {
    const isDue = palette.spans.some(
      (span) =>
        isWorthChanging(view, process, span) &&
        findPage(
          view,
          process,
          span,
          (page) => page.pfn !== null && page.protection === "READWRITE",
        ) !== null,
    );
    return isDue ? { name: "fork" } : null;
  },
  print: (_view, process) => (process > 0 ? `fork({ process: ${process} })` : "fork()"),
});

/** The view of a section that begins where an area does, if it is or was registered. */
function viewedSection({ view, palette }: Setting, process: ProcessId, k: number): number | null {
  const vad = regionAt(view, process, palette.areas[k]);
  if (vad === undefined || vad.section === null) return null;
  return isWorthChanging(view, process, spanOf(vad)) ? vad.section : null;
}

const fallocate = osCommand({
  name: "fallocate",
  rules: ["LAW-1"],
  subjects: ["cache"],
  places: beyondWindows(({ palette }) => (palette.with.views ? palette.areas.length : 0)),
  operation(setting, process, k) {
    const section = viewedSection(setting, process, k);
    return section === null ? null : { name: "fallocate", section, firstPage: 0, pageCount: 1 };
  },
  print: (_view, process, op) =>
    op.name === "fallocate"
      ? `fallocate({ section: ${op.section}, hole: ${holeName(op.firstPage, op.pageCount)}${inProcess(process)} })`
      : op.name,
});

const holeName = (first: number, count: number): string =>
  count === 1 ? `page ${first}` : `pages ${first} to ${first + count - 1}`;

const ftruncate = osCommand({
  name: "ftruncate",
  rules: ["LAW-1"],
  subjects: ["cache"],
  places: beyondWindows(({ palette }) => (palette.with.views ? palette.areas.length : 0)),
  operation(setting, process, k) {
    const section = viewedSection(setting, process, k);
    const pages = section === null ? 0 : (setting.view.config.sections[section] ?? 0);
    return section === null ? null : { name: "ftruncate", section, pageCount: pages > 1 ? 1 : 0 };
  },
  print: (_view, process, op) =>
    op.name === "ftruncate"
      ? `ftruncate({ section: ${op.section}, pages: ${op.pageCount}${inProcess(process)} })`
      : op.name,
});

export const linuxCommands: readonly CommandRecord[] = [
  mmap,
  mremap,
  madvise,
  fork,
  fallocate,
  ftruncate,
];
