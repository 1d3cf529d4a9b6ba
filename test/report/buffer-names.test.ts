import { describe, expect, it } from "vitest";

import { presets } from "../../model/config.ts";
import type { EventOf } from "../../model/events.ts";
import { brand, type ProcessId } from "../../model/units.ts";
import { referenceWorld } from "../../model/world.ts";
import { bufferNames } from "../../src/report/buffer-names.ts";

const process = brand<ProcessId>(0);
const allocate: EventOf<"os"> = {
  type: "os",
  process,
  operation: {
    name: "VirtualAlloc",
    address: brand(0x10),
    sizeBytes: 32,
    type: "reserve|commit",
    protection: "READWRITE",
    guard: false,
  },
};
const free: EventOf<"os"> = {
  type: "os",
  process,
  operation: { name: "VirtualFree", address: brand(0x10), sizeBytes: 0, type: "release" },
};

describe("the addresses in a text", () => {
  const world = referenceWorld(presets.tiny, null);
  const names = bufferNames();
  world.apply(allocate);
  const wasThere = names.learn(world.view, allocate, 0x10);
  world.apply(free);
  const named = (text: string): string => names.inText(world.view, process, text);

  it("are named after the buffer that is or was there", () => {
    expect(named("nothing is left in 0x10–0x2f")).toBe("nothing is left in va_10");
    expect(named("0x10–0x1f and 0x20–0x2f")).toBe("va_10 for 1 page and va_10 + 1 page for 1 page");
    expect(named("0x13")).toBe("va_10 + 3 bytes for 1 byte");
  });

  it("are left alone where nothing ever was, as is what is no address", () => {
    expect(named("0x40–0x4f")).toBe("0x40–0x4f");
    expect(named("STATUS_ACCESS_VIOLATION (0xc0000005)")).toBe(
      "STATUS_ACCESS_VIOLATION (0xc0000005)",
    );
  });

  it("are known to come back", () => {
    world.apply(allocate);
    expect([wasThere, names.learn(world.view, allocate, 0x10)]).toEqual([false, true]);
  });
});
