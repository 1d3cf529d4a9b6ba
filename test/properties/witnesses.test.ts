import { describe, expect, it } from "vitest";
import exact from "../../examples/exact-match.ts";
import type { Command } from "../../model/trace.ts";
import { situations } from "../../properties/witnesses.ts";
import { play, w } from "../provider/subjects.ts";

/** How often the program met the situation. */
function met(name: string, ...program: Command[]): number {
  const index = situations.findIndex((each) => each.name === name);
  expect(index).not.toBe(-1);
  return play(exact, ...program).situations.get(index) ?? 0;
}

describe("a situation", () => {
  const allocated = [w.alloc(0, 1), w.alloc(4, 5)];
  const kept = [...allocated, w.register("mr_1", 0, 1), w.deregister("mr_1")];

  it("LOCAL-2: an idle entry is met where a call leaves one, and not by calls elsewhere", () => {
    expect(met("an idle entry", ...allocated, w.register("mr_1", 0, 1))).toBe(0);
    expect(met("an idle entry", ...kept)).toBe(1);
    expect(met("an idle entry", ...kept, w.register("mr_2", 4, 5))).toBe(1);
    expect(met("an idle entry", ...kept, w.register("mr_2", 4, 5), w.deregister("mr_2"))).toBe(2);
  });

  it("OWN-1: a secure of part of a page is met where a call leaves one", () => {
    const part = [w.alloc(0, 1), w.register("mr_1", 0, 1 - w.byte), w.deregister("mr_1")];
    const name = "a secure for a range that is not page aligned";
    expect(met(name, ...part)).toBe(1);
    expect(met(name, ...kept)).toBe(0);
  });

  it("LAW-2: an adjacent entry is met, and one a page further on is not", () => {
    const next = [w.alloc(0, 4), w.register("mr_1", 0, 1), w.register("mr_2", 1, 2)];
    const further = [w.alloc(0, 4), w.register("mr_1", 0, 1), w.register("mr_2", 2, 3)];
    expect(met("a register adjacent to an entry", ...next)).toBe(1);
    expect(met("a register adjacent to an entry", ...further)).toBe(0);
  });

  it("LAW-3b: idle entries beside a callback are told from those under it", () => {
    const two = [...kept, w.register("mr_2", 4, 5), w.deregister("mr_2")];
    const name = "a callback beside an idle entry";
    expect(met(name, ...kept, w.notify(0, 1))).toBe(0);
    expect(met(name, ...kept, w.notify(4, 5))).toBe(1);
    expect(met(name, ...two, w.notify(0, 1))).toBe(1);
  });
});
