import { describe, expect, it } from "vitest";
import { entriesOverAll, exposuresOverAll, touchedSpans } from "../../model/judge/touched.ts";
import type { ActiveCall } from "../../model/ledger.ts";
import { brand, pagesOf, type PageSpan } from "../../model/units.ts";
import {
  allocate,
  instance0,
  lab,
  mdlOf,
  range,
  regionOf,
  socket,
  type Lab,
} from "../model/support.ts";

const span = (first: number, count: number): PageSpan => ({ first: brand(first), count });

/** A call that touched the spans, the later ones by what came inside it. */
function touching(touched: readonly PageSpan[], touchedWithin: readonly PageSpan[] = []): Lab {
  const one = lab();
  one.world.apply({ type: "call", instance: instance0, call: { name: "cleanup" } });
  const state = one.world.state();
  const [instance, ...others] = state.instances;
  const call = instance?.calls.at(-1);
  if (instance === undefined || call === undefined) throw new Error("no call is in progress");
  const calls = [{ ...call, touched: [...touched], touchedWithin: [...touchedWithin] }];
  one.world.reset({ ...state, instances: [{ ...instance, calls }, ...others] });
  return one;
}

function active(one: Lab): ActiveCall {
  const call = one.world.view.instance(instance0).calls.at(-1);
  if (call === undefined) throw new Error("no call is in progress");
  return call;
}

describe("the spans that a call touched", () => {
  it.each([
    ["nothing", [], []],
    ["one span again and again", [span(4, 2), span(4, 2), span(5, 1)], [span(4, 2)]],
    ["what lies apart", [span(8, 1), span(2, 2)], [span(2, 2), span(8, 1)]],
    ["what meets or overlaps", [span(4, 2), span(2, 2), span(5, 3)], [span(2, 6)]],
    [
      "one inside another, and one after it",
      [span(2, 6), span(3, 1), span(9, 1)],
      [span(2, 6), span(9, 1)],
    ],
  ])("are disjoint and in order: %s", (_what, touched, spans) => {
    const one = touching(touched);
    expect(touchedSpans(one.world.view, active(one))).toEqual(spans);
  });
  it("are those of the calls inside it, too", () => {
    const one = touching([span(2, 1)], [span(7, 1)]);
    expect(touchedSpans(one.world.view, active(one))).toEqual([span(2, 1), span(7, 1)]);
  });
  it("are the range of a callback, too", () => {
    const one = lab();
    const call = { name: "invalidate", range: range(0x11000, 0x2000), reason: "notify" } as const;
    one.world.apply({ type: "call", instance: instance0, call });
    expect(touchedSpans(one.world.view, active(one))).toEqual([span(0x11, 2)]);
  });
});

describe("what is over several spans", () => {
  /** Pages 0x10 to 0x17, of which these are locked, registered and exposed, in this order. */
  function exposed(...ranges: readonly PageSpan[]): Lab {
    const one = lab();
    one.os(allocate(0x10000, 0x8000));
    for (const { first, count } of ranges) {
      const where = range(first * 0x1000, count * 0x1000);
      const mdl = mdlOf(one.lock(where.start, where.lengthBytes));
      const region = regionOf(one.host({ name: "nicRegister", mdl, access: "read" }));
      one.host({ name: "expose", region, range: where, socket: socket(1), access: "read" });
    }
    return one;
  }

  it("is listed once, in the order in which it was made", () => {
    const one = exposed(span(0x14, 3), span(0x10, 2), span(0x12, 3), span(0x11, 5), span(0x17, 1));
    const { view } = one.world;
    const instance = view.instance(instance0);
    const spans = [span(0x10, 2), span(0x14, 1)];
    expect(entriesOverAll(view, instance, spans).map((each) => each.span)).toEqual([
      span(0x14, 3),
      span(0x10, 2),
      // Begins where the first span ends.
      span(0x12, 3),
      span(0x11, 5),
    ]);
    expect(exposuresOverAll(view, instance, spans).map((each) => Number(each.key))).toEqual([
      1, 2, 3, 4,
    ]);
  });
  it("comes with regions that have lost their lock last", () => {
    const one = exposed(span(0x10, 1), span(0x12, 1));
    const { view } = one.world;
    const [first] = view.entries(instance0);
    if (first === undefined) throw new Error("nothing is locked");
    one.host({ name: "unlock", mdl: first.mdl });
    const spans = [pagesOf(range(0x10000, 1), 0x1000), span(0x12, 1)];
    expect(
      entriesOverAll(view, view.instance(instance0), spans).map(
        ({ locked, span: { first: page } }) => [locked, Number(page)],
      ),
    ).toEqual([
      [true, 0x12],
      [false, 0x10],
    ]);
  });
  it("is nothing when nothing was touched", () => {
    const one = exposed(span(0x10, 1));
    const { view } = one.world;
    expect(entriesOverAll(view, view.instance(instance0), [])).toEqual([]);
    expect(exposuresOverAll(view, view.instance(instance0), [])).toEqual([]);
  });
});
