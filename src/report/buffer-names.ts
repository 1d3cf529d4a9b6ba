// The names of buffers: an address is printed as the buffer it lies in, "va_1 + 1 page".
//
// A name is learnt from the program line that made the buffer, and kept when the buffer is freed: that an
// address comes back is what most counterexamples are about.

import type { EventOf } from "../../model/events.ts";
import { pagesOf, type AddressRange, type ProcessId } from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";

interface Named {
  readonly name: string;
  readonly process: ProcessId;
  readonly startBytes: number;
  readonly lengthBytes: number;
}

export interface BufferNames {
  /** A mapping was made by the line `text`; answers the name of an older buffer at the same address. */
  learn(view: WorldView, event: EventOf<"os">, baseBytes: number, text: string): string | null;
  /** "va_1", "va_1 + 1 page", "va_1 + 3 bytes, 2 pages", or a hexadecimal address. */
  nameOf(view: WorldView, process: ProcessId, range: AddressRange): string;
}

export function bufferNames(): BufferNames {
  // Newest first.
  const known: Named[] = [];
  const at = (process: ProcessId, address: number): Named | undefined =>
    known.find(
      (each) =>
        each.process === process &&
        each.startBytes <= address &&
        address < each.startBytes + each.lengthBytes,
    );
  return {
    learn(view, event, baseBytes, text): string | null {
      const name = /^(\w+) = /.exec(text)?.[1];
      const { process } = event;
      const vad = view
        .space(process)
        .vads.find((each) => each.base * view.config.pageSizeBytes === baseBytes);
      if (name === undefined || vad === undefined) return null;
      const older = at(process, baseBytes);
      if (older?.name === name) return null;
      const lengthBytes = vad.pages.length * view.config.pageSizeBytes;
      known.unshift({ name, process, startBytes: baseBytes, lengthBytes });
      return older === undefined ? null : offsetName(older, baseBytes, view.config.pageSizeBytes);
    },
    nameOf(view, process, range): string {
      const { pageSizeBytes } = view.config;
      const buffer = at(process, range.start);
      const start =
        buffer === undefined
          ? `0x${range.start.toString(16)}`
          : offsetName(buffer, range.start, pageSizeBytes);
      if (buffer?.startBytes === range.start && buffer.lengthBytes === range.lengthBytes) {
        return start;
      }
      const { count } = pagesOf(range, pageSizeBytes);
      return `${start}, ${count === 1 ? "1 page" : `${count} pages`}`;
    },
  };
}

function offsetName(buffer: Named, address: number, pageSizeBytes: number): string {
  const offset = address - buffer.startBytes;
  if (offset === 0) return buffer.name;
  const [amount, unit] =
    offset % pageSizeBytes === 0 ? [offset / pageSizeBytes, "page"] : [offset, "byte"];
  return `${buffer.name} + ${amount} ${unit}${amount === 1 ? "" : "s"}`;
}
