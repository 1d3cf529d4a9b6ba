// Rules on calls of several threads. LAW-11: what the calls of an episode answered can be explained by some order of them
// that respects real time; a call that returned before another began comes before it. LAW-10: all of them return.
//
// The order is looked for as linearizability checkers do it (Wing and Gong): any call that no other has to precede is
// taken next, if its answer is one of a provider that does one thing after the other, and so on with the rest. An episode
// lasts from one quiescent point to the next: before it and after it the other rules know where the instance stands.
//
// What is asked of an order: a deregister takes back what is registered; a callback that answers 0 takes the regions in
// its range out of use for good, and, where buffers in use refuse, finds none in use; WSAEINVAL finds nothing idle; WSAEFAULT
// finds something in use, or a host call failed, or a call that overlapped was about these pages. Not asked: which frames
// the range mapped at that point of the order. LAW-1 asks for some instant of the call, from the events themselves.

import type { Claims } from "../config.ts";
import type { EventOf } from "../events.ts";
import type { EpisodeCall, EpisodeView, InstanceView } from "../ledger.ts";
import { callWords } from "../threads.ts";
import {
  pagesOf,
  spansOverlap,
  type AddressRange,
  type PageSpan,
  type RegionKey,
} from "../units.ts";
import type { WorldView } from "../view.ts";
import { broken, none, type Finding } from "./finding.ts";

/** LAW-11, at the end of an episode. */
export function judgeOrder(
  view: WorldView,
  instance: InstanceView,
  claims: Claims,
): readonly Finding[] {
  const { episode } = instance;
  if (episode === undefined || episode.calls.length < 2) return none;
  const order = new Order(view, instance, claims, episode);
  if (order.exists()) return none;
  return [
    broken(
      "LAW-11",
      `an order of ${episode.calls.map(answerWords).join(", ")} that explains all the answers`,
      "there is none that respects real time",
    ),
  ];
}

/** LAW-10: while calls are in progress some thread can move, and each of them returns in the end. */
export function judgeStandstill(
  view: WorldView,
  { kind }: EventOf<"standstill">,
): readonly Finding[] {
  const waiting = view.instances().flatMap(({ calls }) => calls.map(({ call }) => callWords(call)));
  const who = waiting.join(" and ");
  return [
    broken(
      "LAW-10",
      "every call returns once the host has answered what it asked",
      kind === "deadlock"
        ? `${who} ${waiting.length === 1 ? "waits" : "wait"}, and nothing is left that could happen`
        : `${who} ${waiting.length === 1 ? "goes" : "go"} on and on`,
    ),
  ];
}

function answerWords({ call, outcome }: EpisodeCall): string {
  const answer = outcome === null || outcome.ok ? "0" : outcome.error;
  return call.name === "closeSocket" || call.name === "cleanup"
    ? callWords(call)
    : `${callWords(call)} (${answer})`;
}

/** Where a provider stands that does one thing after the other. */
interface Standing {
  readonly live: readonly {
    readonly name: string;
    readonly region: RegionKey;
    readonly span: PageSpan;
  }[];
  /** Regions that a callback which answers 0 would take out of use. */
  readonly known: readonly { readonly key: RegionKey; readonly span: PageSpan }[];
  /** Regions that are out of use for good. */
  readonly dead: readonly RegionKey[];
}

class Order {
  readonly #view: WorldView;
  readonly #instance: InstanceView;
  readonly #claims: Claims;
  readonly #episode: EpisodeView;
  readonly #failed = new Set<string>();

  constructor(view: WorldView, instance: InstanceView, claims: Claims, episode: EpisodeView) {
    this.#view = view;
    this.#instance = instance;
    this.#claims = claims;
    this.#episode = episode;
  }

  exists(): boolean {
    const { live, kept, calls } = this.#episode;
    const first: Standing = {
      live: live.map(({ name, region, range }) => ({ name, region, span: this.#pages(range) })),
      known: kept,
      dead: kept.filter((each) => each.zombie).map((each) => each.key),
    };
    return this.#goesOn(calls, first);
  }

  #goesOn(rest: readonly EpisodeCall[], from: Standing): boolean {
    if (rest.length === 0) return true;
    const key = JSON.stringify([rest.map((each) => each.began), from]);
    if (this.#failed.has(key)) return false;
    const firstEnd = Math.min(...rest.map((each) => each.ended));
    for (const next of rest) {
      if (next.began > firstEnd) continue;
      const to = this.#after(from, next);
      if (to === null) continue;
      if (
        this.#goesOn(
          rest.filter((each) => each !== next),
          to,
        )
      )
        return true;
    }
    this.#failed.add(key);
    return false;
  }

  /** Where the provider stands after the call; null if it would not have answered so. */
  #after(from: Standing, each: EpisodeCall): Standing | null {
    const { call, outcome } = each;
    const { live } = from;
    switch (call.name) {
      case "register": {
        if (outcome?.ok !== true || !("region" in outcome)) return from;
        const { region } = outcome;
        if (from.dead.includes(region)) return null;
        const span = this.#pages(call.request.range);
        return {
          ...from,
          live: [...live, { name: call.as, region, span }],
          known: [...from.known, { key: region, span }],
        };
      }
      case "deregister": {
        if (outcome?.ok !== true) return from;
        const rest = live.filter(({ name }) => name !== call.registration);
        return rest.length === live.length ? null : { ...from, live: rest };
      }
      case "invalidate":
        return this.#afterCallback(from, each, this.#pages(call.range));
      default:
        return from;
    }
  }

  #afterCallback(from: Standing, each: EpisodeCall, span: PageSpan): Standing | null {
    const { outcome } = each;
    const inUse = from.live.some(
      (other) => spansOverlap(other.span, span) && !from.dead.includes(other.region),
    );
    if (outcome === null || outcome.ok) {
      if (inUse && this.#claims.inUse === "refuse") return null;
      const taken = from.known.filter((other) => spansOverlap(other.span, span));
      return { ...from, dead: [...new Set([...from.dead, ...taken.map(({ key }) => key)])] };
    }
    if (outcome.error === "WSAEINVAL") return this.#isIdleThere(from, span) ? null : from;
    return inUse || each.hasFailed || this.#isBusy(each, span) ? from : null;
  }

  /** A call that overlapped with it was about these pages. */
  #isBusy({ began, ended }: EpisodeCall, span: PageSpan): boolean {
    return this.#episode.calls.some(
      (other) =>
        other.began !== began &&
        other.began < ended &&
        began < other.ended &&
        other.about.some((each) => spansOverlap(each, span)),
    );
  }

  /** Something that is still there at the end of the episode was there already, and nobody used it. */
  #isIdleThere({ known, live, dead }: Standing, span: PageSpan): boolean {
    return known.some(
      (each) =>
        spansOverlap(each.span, span) &&
        !dead.includes(each.key) &&
        !live.some(({ region }) => region === each.key) &&
        this.#view.region(this.#instance.provider, each.key) !== undefined,
    );
  }

  #pages(range: AddressRange): PageSpan {
    return pagesOf(range, this.#view.config.pageSizeBytes);
  }
}
