// Where the threads of a race are: what each has still to do, the calls that it is in, and what these wait for. Plain
// records that nobody changes, so that a place can be kept and returned to.

import type { CacheCall, Event, HostCall } from "../../../model/events.ts";

/** A host call that was made and is not performed yet. */
export interface Asked {
  readonly number: number;
  readonly call: HostCall;
}

/** A call of the cache that has not returned. */
export interface OpenCall {
  readonly kind: "call";
  readonly number: number;
  readonly call: CacheCall;
  /** Several, if the cache does not wait for one before it makes the next: they are performed in order. */
  readonly asked: readonly Asked[];
}

/** What has to follow now, in order. */
interface Following {
  readonly kind: "events";
  readonly events: readonly Event[];
}

/** What a thread is in, the innermost last: a callback may come inside a host call. */
type Layer = OpenCall | Following;

/** A thread. */
export interface Lane {
  /** The command that it comes to next. */
  readonly next: number;
  /** Calls of it that have begun. */
  readonly begun: number;
  readonly layers: readonly Layer[];
  /** What the calls that it is in have met so far, as a number: it decides how they go on. */
  readonly past: number;
}

/** A thread that has not begun. */
export const idleLane: Lane = { next: 0, begun: 0, layers: [], past: 0 };

export const topOf = ({ layers }: Lane): Layer | undefined => layers.at(-1);

/** True if the thread waits for what another call of the cache has to do. */
export function isBlocked(lane: Lane): boolean {
  const top = topOf(lane);
  return top?.kind === "call" && top.asked.length === 0;
}

export const isFinished = (lane: Lane, commandCount: number): boolean =>
  lane.layers.length === 0 && lane.next >= commandCount;

/** The lane with what has to follow on top. */
export const following = (lane: Lane, events: readonly Event[]): Lane =>
  events.length === 0 ? lane : pushed(lane, { kind: "events", events });

export const pushed = (lane: Lane, layer: Layer): Lane => ({
  ...lane,
  layers: [...lane.layers, layer],
});

/** The lane without its topmost layer. */
export const popped = (lane: Lane): Lane => ({ ...lane, layers: lane.layers.slice(0, -1) });

/** The lane with another layer in place of the topmost. */
export const replaced = (lane: Lane, layer: Layer): Lane => pushed(popped(lane), layer);

/** The lane's call of that number, changed. */
export const withCall = (
  lane: Lane,
  number: number,
  change: (call: OpenCall) => OpenCall,
): Lane => ({
  ...lane,
  layers: lane.layers.map((each) =>
    each.kind === "call" && each.number === number ? change(each) : each,
  ),
});

/** The number of the lane that is in the call; -1 if none is. */
export const laneOf = (lanes: readonly Lane[], number: number): number =>
  lanes.findIndex(({ layers }) =>
    layers.some((each) => each.kind === "call" && each.number === number),
  );
