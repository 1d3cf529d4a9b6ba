// The micro-model: the smallest system in which a cached registration can be stale. Three pages, some frames, four buffers
// over the pages {0}, {1}, {2} and {0, 1}; an application that maps and unmaps, a provider that registers, keeps and
// evicts, and a callback that is pending between a change and its being handled.

import {
  action,
  exchange,
  family,
  interchangeable,
  invariant,
  type Definition,
} from "../../src/explorer/definition.ts";
import { flag, oneOf, optional, range } from "../../src/explorer/domain.ts";
import { all, any, not, when, type Condition } from "../../src/explorer/expression.ts";

/** Frames, and registrations of one buffer at a time. */
export interface MicroSize {
  readonly frames: number;
  readonly references: number;
}

/** The sizes that have names. */
export const microSizes: Readonly<Record<"S" | "M" | "L" | "XL", MicroSize>> = {
  S: { frames: 2, references: 2 },
  M: { frames: 2, references: 3 },
  L: { frames: 3, references: 2 },
  XL: { frames: 3, references: 3 },
};

const covered: readonly (readonly number[])[] = [[0], [1], [2], [0, 1]];

/** The micro-model of a size. Its invariants hold: no live buffer whose pages have no callback pending is stale. */
export function micro({ frames, references }: MicroSize): Definition {
  const page = range("page", 0, 2);
  const frame = range("frame", 0, frames - 1);
  const buffer = range("buffer", 0, covered.length - 1);
  const frameOrNone = optional(frame);
  const pagesOf = (b: number): readonly number[] => covered[b] ?? [];
  const buffersOn = (p: number): readonly number[] =>
    buffer.values.filter((b) => pagesOf(b).includes(p));

  const table = family("table", [page], frameOrNone);
  const pending = family("pending", [page], flag);
  const status = family("status", [buffer], oneOf("status", ["absent", "live", "dead"]));
  const count = family("count", [buffer], range("count", 0, references));
  const snapshot = family("snapshot", [buffer, page], frameOrNone, (b, p) =>
    pagesOf(b).includes(p),
  );

  const isLive = (b: number): Condition => status.at(b).is("live");
  const isUnused = (b: number): Condition => count.at(b).is(0);
  const markIfUsed = (p: number) =>
    when(any(...buffersOn(p).map(isLive)), pending.at(p).becomes(true));
  const forget = (b: number) => [
    status.at(b).becomes("absent"),
    ...pagesOf(b).map((p) => snapshot.at(b, p).becomes(null)),
  ];

  const map = action("map", { page, frame }, ({ page: p, frame: f }) => ({
    guard: all(...page.values.map((each) => table.at(each).isNot(f))),
    effects: [when(table.at(p).isNot(null), markIfUsed(p)), table.at(p).becomes(f)],
  }));
  const unmap = action("unmap", { page }, ({ page: p }) => ({
    guard: table.at(p).isNot(null),
    effects: [markIfUsed(p), table.at(p).becomes(null)],
  }));
  const callback = action("callback", { page }, ({ page: p }) => ({
    guard: pending.at(p).is(true),
    effects: [
      pending.at(p).becomes(false),
      ...buffersOn(p).map((b) =>
        when(isLive(b), status.at(b).becomes("dead"), when(isUnused(b), ...forget(b))),
      ),
    ],
  }));
  const register = action("register", { buffer }, ({ buffer: b }) => ({
    guard: all(
      ...pagesOf(b).map((p) => all(table.at(p).isNot(null), pending.at(p).is(false))),
      any(status.at(b).is("absent"), all(isLive(b), count.at(b).isBelow(references))),
    ),
    effects: [
      when(
        status.at(b).is("absent"),
        status.at(b).becomes("live"),
        ...pagesOf(b).map((p) => snapshot.at(b, p).becomes(table.at(p))),
      ),
      count.at(b).becomes(count.at(b).plus(1)),
    ],
  }));
  const deregister = action("deregister", { buffer }, ({ buffer: b }) => ({
    guard: all(status.at(b).isNot("absent"), not(isUnused(b))),
    effects: [
      count.at(b).becomes(count.at(b).plus(-1)),
      when(all(status.at(b).is("dead"), count.at(b).is(1)), ...forget(b)),
    ],
  }));
  const evict = action("evict", { buffer }, ({ buffer: b }) => ({
    guard: all(isLive(b), isUnused(b)),
    effects: forget(b),
  }));

  return {
    name: "micro",
    variables: [table, pending, status, count, snapshot],
    actions: [map, unmap, callback, register, deregister, evict],
    invariants: buffer.values.map((b) =>
      invariant(
        `buffer ${b} is not stale`,
        any(
          not(isLive(b)),
          ...pagesOf(b).map((p) => pending.at(p).is(true)),
          all(...pagesOf(b).map((p) => snapshot.at(b, p).is(table.at(p)))),
        ),
      ),
    ),
    symmetry: [...interchangeable(frame), exchange([page, 0, 1], [buffer, 0, 1])],
  };
}
