// Numbers for states, so that equal ones are told by comparing two numbers. Exact: what has the same number is the same.
//
// Left out is what makes no difference: the last call, the last attempt and the last transfer, which are read at the event
// that made them; the history of ended registrations, which says only which situations a rule was judged in; in which
// order things were made that have names of their own, and how often a call touched a page.

import type { RecordedCall } from "../../../model/ledger.ts";
import type { State } from "../../../model/state.ts";
import type { PageSpan } from "../../../model/units.ts";
import type { Lane } from "./lanes.ts";

const noEpisode: object = Object.freeze({});

/** Gives texts numbers; the same text has the same number. */
export class Keys {
  readonly #numbers = new Map<string, number>();
  readonly #ofParts = new WeakMap<object, number>();

  /** The number of the text, from 1. */
  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size + 1;
    this.#numbers.set(text, number);
    return number;
  }

  /** The number of a world, the cache in it, and the threads. */
  ofPlace(world: State, snapshot: string, lanes: readonly Lane[]): number {
    const { memory, nics, drivers, sockets, attempts, faults, instances, alive } = world;
    const sets = [
      memory.secures,
      memory.locked,
      memory.watches,
      memory.unheard,
      memory.generations,
      ...nics.flatMap((each) => [each.regions, each.exposures]),
      ...drivers.flatMap((each) => [each.locks, each.secures]),
      ...instances.flatMap((each) => [
        each.registrations,
        each.zombies,
        each.uses,
        each.unreleased,
        each.calls,
      ]),
    ].map((part) => this.#ofPart(part, () => textOfSet(part)));
    const others = [
      memory.physical,
      memory.spaces,
      sockets,
      attempts,
      faults,
      alive,
      ...instances.map((each) => each.episode ?? noEpisode),
    ].map((part) => this.#ofPart(part, () => JSON.stringify(part)));
    const inCache = `${this.of(snapshot)} ${JSON.stringify(lanes)}`;
    return this.of(`${[...sets, ...others].join()} ${numbersOf(world)} ${inCache}`);
  }

  /** Parts of a state are frozen, and most stay the same object from one state to the next. */
  #ofPart(part: object, text: () => string): number {
    const known = this.#ofParts.get(part);
    if (known !== undefined) return known;
    const number = this.of(text());
    this.#ofParts.set(part, number);
    return number;
  }
}

/** What every thread is given next, and which one acts. */
function numbersOf({ thread, numbers, memory, nics }: State): string {
  const acting = [
    thread,
    memory.nextSecure,
    memory.nextMdl,
    nics.map((each) => each.nextRegion),
    nics.map((each) => each.nextKey),
  ];
  const others = numbers.map(({ thread: other, secure, mdl, regions, keys }) => [
    other,
    secure,
    mdl,
    regions,
    keys,
  ]);
  return `${thread} ${JSON.stringify([...others, acting].toSorted(byThread))}`;
}

const byThread = (a: readonly unknown[], b: readonly unknown[]): number =>
  Number(a[0]) - Number(b[0]);

function textOfSet(elements: readonly unknown[]): string {
  if (elements.length === 0) return "[]";
  return elements
    .map((each) => JSON.stringify(isCall(each) ? withSets(each) : each))
    .toSorted()
    .join("\n");
}

const isCall = (element: unknown): element is RecordedCall =>
  typeof element === "object" && element !== null && "touchedWithin" in element;

/** The pages that a call touched count once each. */
function withSets(call: RecordedCall): object {
  const { touched, touchedWithin, touchedBeside } = call;
  const each = [touched, touchedWithin, touchedBeside].map((spans) => spans && spanTexts(spans));
  return { ...call, touched: each[0], touchedWithin: each[1], touchedBeside: each[2] };
}

const spanTexts = (spans: readonly PageSpan[]): readonly string[] =>
  [...new Set(spans.map(({ first, count }) => `${first}+${count}`))].toSorted();
