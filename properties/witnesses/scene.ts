// What a situation is, and what the rows of the witness table are decided from.
//
// A situation is met at an event: a row looks at what the event was about (the range of a request, the pages that a
// call touched), never at everything that a world has. So its cost does not depend on how much that is.

import type { Claims, WorldConfig } from "../../model/config.ts";
import { isIdle } from "../../model/entries.ts";
import type { Answer, CacheCall, Event, HostCall, KernelCall } from "../../model/events.ts";
import type { ActiveCall, Before, Entry, EntryBefore, InstanceView } from "../../model/ledger.ts";
import { includesAccess } from "../../model/memory-manager.ts";
import type { RuleId } from "../../model/rules.ts";
import {
  brand,
  pagesOf,
  sameRange,
  sameSpan,
  spanContains,
  spansOverlap,
  type AddressRange,
  type PageSpan,
} from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";

export interface Situation {
  readonly rule: RuleId;
  /** The situation, as a clause. */
  readonly name: string;
  /** Needed for the verdict `pass`; others are only counted. Default true. */
  readonly required?: (claims: Claims, config: WorldConfig) => boolean;
  /** For a proxy driver; the others are for caches. */
  readonly forDriver?: true;
  /** For a whole provider, and not for a cache by itself. */
  readonly forProvider?: true;
  readonly on: Event["type"];
  /** For `return`: the call that returned. For `host` and `kernel`: the function that was called. Absent: any. */
  readonly call?: CacheCall["name"] | HostCall["name"] | KernelCall["name"];
  readonly holds: (scene: Scene) => boolean;
}

/** What a situation is decided from. Whatever costs something is computed when a row first asks for it. */
export class Scene {
  readonly view: WorldView;
  readonly event: Event;
  readonly answer: Answer;
  /** For `return`: the instance that returned from a call. */
  readonly instance: InstanceView | null;
  /** For `return`: the call that returned. */
  readonly active: ActiveCall | null;
  #before: Before | null = null;
  #span: PageSpan | null = null;
  #near: readonly EntryBefore[] | null = null;
  #over: readonly EntryBefore[] | null = null;
  #idle: readonly Entry[] | null = null;
  #isCovered: boolean | null = null;

  constructor(view: WorldView, event: Event, answer: Answer, instance: InstanceView | null) {
    this.view = view;
    this.event = event;
    this.answer = answer;
    this.instance = instance;
    this.active = instance?.lastCall ?? null;
  }

  /** The range that the call was about; null for calls that name none. */
  get range(): AddressRange | null {
    const call = this.active?.call;
    switch (call?.name) {
      case "register":
        return call.request.range;
      case "deregister":
      case "invalidate":
        return call.range;
      default:
        return null;
    }
  }

  /** Its pages. */
  get span(): PageSpan | null {
    const { range } = this;
    if (range !== null) this.#span ??= pagesOf(range, this.view.config.pageSizeBytes);
    return this.#span;
  }

  /** What the instance had when the call began. */
  get before(): Before | null {
    if (this.instance !== null && this.active !== null) {
      this.#before ??= this.view.before(this.instance.id, this.active);
    }
    return this.#before;
  }

  /** Entries, as they were when the call began, that share a page with its range or are adjacent to one. */
  get near(): readonly EntryBefore[] {
    this.#near ??= this.#entriesNear();
    return this.#near;
  }

  #entriesNear(): readonly EntryBefore[] {
    const { span, before } = this;
    if (span === null || before === null) return [];
    return before.entriesOver({ first: brand(span.first - 1), count: span.count + 2 });
  }

  /** Entries, as they were when the call began, that share a page with its range. */
  get over(): readonly EntryBefore[] {
    const { span, near } = this;
    this.#over ??= span === null ? near : near.filter((each) => spansOverlap(each.span, span));
    return this.#over;
  }

  /** Entries over the pages that the call touched that are idle now. */
  get idle(): readonly Entry[] {
    this.#idle ??= this.#idleEntries();
    return this.#idle;
  }

  #idleEntries(): readonly Entry[] {
    const { view, instance, active } = this;
    if (instance === null || active === null || view.totals(instance.id).idleEntries === 0) {
      return [];
    }
    const idle: Entry[] = [];
    addIdle(view, instance, active.touched, idle);
    addIdle(view, instance, active.touchedWithin, idle);
    return idle;
  }

  /** The call was a register, and an entry covers its range with the rights needed. */
  get isCovered(): boolean {
    this.#isCovered ??= this.#findCover();
    return this.#isCovered;
  }

  #findCover(): boolean {
    const { view, active, span } = this;
    if (active?.call.name !== "register" || span === null) return false;
    const { range, access } = active.call.request;
    return this.over.some(
      (each) =>
        !each.zombie &&
        each.regions.length > 0 &&
        spanContains(each.span, span) &&
        includesAccess(each.access, access) &&
        (view.claims?.hit === "containment" ||
          each.ranges.some((other) => sameRange(other, range))),
    );
  }
}

/** Adds the idle entries over the spans; a call touches the same pages again and again. */
function addIdle(
  view: WorldView,
  { id }: InstanceView,
  spans: readonly PageSpan[],
  idle: Entry[],
): void {
  let last: PageSpan | undefined;
  for (const span of spans) {
    if (last !== undefined && sameSpan(last, span)) continue;
    last = span;
    for (const entry of view.entriesOver(id, span)) if (isIdle(entry)) idle.push(entry);
  }
}

export const succeeded = ({ active }: Scene): boolean => active?.outcome?.ok === true;

/** The call answered the error. */
export const answers =
  (error: "WSAEFAULT" | "WSAENOBUFS" | "WSAEINVAL") =>
  ({ active }: Scene): boolean =>
    active?.outcome?.ok === false && active.outcome.error === error;

export const isRemote = ({ active }: Scene): boolean =>
  active?.call.name === "register" && active.call.request.scope === "remote";

export const hostFailed =
  (call: HostCall["name"]) =>
  ({ active }: Scene): boolean =>
    active !== null &&
    active.failures.length > 0 &&
    active.failures.some((each) => each.call === call && each.injected);

export const keepsLocal = (claims: Claims): boolean => claims.caches.local && claims.callback;
