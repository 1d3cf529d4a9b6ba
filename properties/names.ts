// How programs are printed: addresses as allocations and offsets, sockets and registrations by name.

import type { AddressRange, ProcessId } from "../model/units.ts";
import { brand } from "../model/units.ts";
import type { WorldView } from "../model/view.ts";

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

/** `0x40` as `va_0x40`, or as an offset from the region that holds it: `va_0x40 + 1 page`. */
export function addressName(view: WorldView, process: ProcessId, address: number): string {
  const { pageSizeBytes } = view.config;
  const vad = view.vadAt(process, brand(Math.floor(address / pageSizeBytes)));
  if (vad === undefined) return `0x${address.toString(16)}`;
  const base = vad.base * pageSizeBytes;
  const offset = address - base;
  const name = `va_${base.toString(16)}`;
  if (offset === 0) return name;
  return offset % pageSizeBytes === 0
    ? `${name} + ${plural(offset / pageSizeBytes, "page")}`
    : `${name} + ${plural(offset, "byte")}`;
}

export function sizeName(view: WorldView, lengthBytes: number): string {
  const { pageSizeBytes } = view.config;
  return lengthBytes % pageSizeBytes === 0 && lengthBytes > 0
    ? plural(lengthBytes / pageSizeBytes, "page")
    : plural(lengthBytes, "byte");
}

/** A range by its start and its size; a whole region by its name alone. */
export function rangeName(view: WorldView, process: ProcessId, range: AddressRange): string {
  const { pageSizeBytes } = view.config;
  const vad = view.vadAt(process, brand(Math.floor(range.start / pageSizeBytes)));
  const start = addressName(view, process, range.start);
  if (
    vad !== undefined &&
    range.start === vad.base * pageSizeBytes &&
    range.lengthBytes === vad.pageCount * pageSizeBytes
  ) {
    return start;
  }
  return `${start} for ${sizeName(view, range.lengthBytes)}`;
}

export const socketName = (id: number): string => `s_${id}`;

/** `, process: 1`; the first process is not worth a word. */
export function inProcess(process: number): string {
  return process > 0 ? `, process: ${process}` : "";
}
