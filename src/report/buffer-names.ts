// Addresses as people read them: "va_40 + 1 page" for 0x80. The words of the judge name addresses; they may
// lie in memory that was freed since, so what was ever mapped is remembered here.

import type { EventOf } from "../../model/events.ts";
import { brand, type AddressRange, type ProcessId } from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";
import { addressName, sizeName } from "../../properties/names.ts";

interface Area {
  readonly name: string;
  readonly process: ProcessId;
  readonly startBytes: number;
  readonly lengthBytes: number;
}

export interface BufferNames {
  /** Memory was mapped from the address on; true if an area began there before. */
  learn(view: WorldView, event: EventOf<"os">, startBytes: number): boolean;
  /** "va_40", "va_40 + 1 page for 3 bytes", or the address itself where nothing ever was. */
  nameOf(view: WorldView, process: ProcessId, range: AddressRange): string;
  /** The text with every `0x40` and `0x40–0x7f` named that ever was mapped. */
  inText(view: WorldView, process: ProcessId, text: string): string;
}

export function bufferNames(): BufferNames {
  // Newest first.
  const areas: Area[] = [];
  const areaAt = (process: ProcessId, address: number): Area | undefined =>
    areas.find(
      (each) =>
        each.process === process &&
        each.startBytes <= address &&
        address < each.startBytes + each.lengthBytes,
    );
  const nameOf: BufferNames["nameOf"] = (view, process, { start, lengthBytes }) => {
    const area = areaAt(process, start);
    if (area === undefined) return `0x${start.toString(16)} for ${sizeName(view, lengthBytes)}`;
    const offset = start - area.startBytes;
    const name = offset === 0 ? area.name : `${area.name} + ${sizeName(view, offset)}`;
    const whole = offset === 0 && lengthBytes === area.lengthBytes;
    return whole ? name : `${name} for ${sizeName(view, lengthBytes)}`;
  };
  return {
    learn(view, { process }, startBytes): boolean {
      const { pageSizeBytes } = view.config;
      const vad = view.vads(process).find((each) => each.base * pageSizeBytes === startBytes);
      if (vad === undefined) return false;
      const again = areaAt(process, startBytes)?.startBytes === startBytes;
      const name = addressName(view, process, startBytes);
      const lengthBytes = vad.pageCount * pageSizeBytes;
      areas.unshift({ name, process, startBytes, lengthBytes });
      return again;
    },
    nameOf,
    inText: (view, process, text) =>
      text.replaceAll(
        /\b0x([0-9a-f]+)(?:–0x([0-9a-f]+))?/g,
        (all: string, first: string, last: string | undefined) => {
          const start = parseInt(first, 16);
          // An address where nothing ever was, or no address at all: the number of an exception.
          if (areaAt(process, start) === undefined) return all;
          const end = last === undefined ? start : parseInt(last, 16);
          return nameOf(view, process, { start: brand(start), lengthBytes: end - start + 1 });
        },
      ),
  };
}
