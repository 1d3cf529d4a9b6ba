// An application that changes no mapping which is registered: where nothing tells a cache, the caller deregisters first.

import type { ChangedPages } from "../model/memory.ts";
import {
  brand,
  pagesOf,
  type PageSpan,
  type ProcessId,
  type VirtualAddress,
} from "../model/units.ts";
import type { WorldView } from "../model/view.ts";
import type { OsOperation } from "../model/virtual-memory.ts";
import { spanOf } from "./mappings.ts";

/** True if the application may do this now. */
export function isPermitted(view: WorldView, process: ProcessId, op: OsOperation): boolean {
  if (!isDisciplined(view)) return true;
  return changedSpans(view, process, op).every((changed) =>
    view
      .instances()
      .filter((each) => each.process === changed.process)
      .every(({ id }) => view.registrationsOver(id, changed.span).length === 0),
  );
}

/** True if the application keeps its hands off what is registered. */
export function isDisciplined({ config }: WorldView): boolean {
  return config.notification === "none" || !config.environment.freeWhileRegistered;
}

/** What an operation of the application changes the mapping of. A section changes wherever it is viewed. */
function changedSpans(
  view: WorldView,
  process: ProcessId,
  op: OsOperation,
): readonly ChangedPages[] {
  if (op.name !== "fallocate" && op.name !== "ftruncate") {
    return ownSpans(view, process, op).map((span) => ({ process, span }));
  }
  return Array.from({ length: view.config.processes }, (_, i) => brand<ProcessId>(i)).flatMap(
    (each) =>
      view
        .vads(each)
        .filter((vad) => vad.section === op.section)
        .map((vad) => ({ process: each, span: spanOf(vad) })),
  );
}

/** What other operations change, in the process itself. */
function ownSpans(
  view: WorldView,
  process: ProcessId,
  op: Exclude<OsOperation, { name: "fallocate" | "ftruncate" }>,
): readonly PageSpan[] {
  const { pageSizeBytes } = view.config;
  const pagesAt = (start: VirtualAddress, lengthBytes: number): PageSpan =>
    pagesOf({ start, lengthBytes }, pageSizeBytes);
  switch (op.name) {
    case "VirtualFree":
    case "UnmapViewOfFile": {
      const vad = view.vadAt(process, brand(Math.floor(op.address / pageSizeBytes)));
      const size = op.name === "VirtualFree" ? op.sizeBytes : 0;
      if (size > 0) return [pagesAt(op.address, size)];
      return vad === undefined ? [] : [spanOf(vad)];
    }
    case "VirtualAlloc":
      return op.type === "commit" && op.address !== null ? [pagesAt(op.address, op.sizeBytes)] : [];
    case "VirtualProtect":
    case "mmap":
    case "madvise":
      return [pagesAt(op.address, op.sizeBytes)];
    case "mremap":
      return [pagesAt(op.address, op.sizeBytes), pagesAt(op.target, op.sizeBytes)];
    case "fork":
      return view.vads(process).map(spanOf);
    case "MapViewOfFile":
    case "read":
    case "write":
    case "trim":
    case "failNextPageIn":
      return [];
  }
}
