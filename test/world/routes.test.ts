// The same state on another route: what comes and goes in between takes rows and blocks, so that the same things come to
// lie elsewhere in the arena. States are equal all the same, and so are their fingerprints; and a copy is good wherever
// the buffer has got to since.

import { describe, expect, it } from "vitest";
import { lanesOf } from "../../benchmarks/equivalence/lanes.ts";
import type { Event, HostCall } from "../../model/events.ts";
import { isBeyondWindows } from "../../model/families.ts";
import {
  brand,
  type InstanceId,
  type PageNumber,
  type ProcessId,
  type VirtualAddress,
} from "../../model/units.ts";
import { flatWorld, type FlatWorld } from "../../src/world/world.ts";
import { eventsOf, fingerprintOf, isQuiet, survey, textOf } from "./fingerprints.ts";

/** The first two addresses where a region may begin, and where there is none and nobody watches. */
function freeBases({ view }: FlatWorld, process: ProcessId): number[] {
  const { granularityPages, pageCount, pageSizeBytes } = view.config;
  const bases: number[] = [];
  for (let page = granularityPages; page < granularityPages + pageCount; page += granularityPages) {
    const number = brand<PageNumber>(page);
    const isWatched = view.instances().some(({ id }) => view.isWatched(id, number));
    if (view.vadAt(process, number) === undefined && !isWatched) bases.push(page * pageSizeBytes);
  }
  return bases.slice(0, 2);
}

/** Two regions come, and go in the order in which they came: the next one takes the row of the second. */
function comeAndGo(world: FlatWorld, process: ProcessId, bases: readonly number[]): void {
  for (const address of bases) {
    const operation = {
      name: "VirtualAlloc",
      address: brand<never>(address),
      sizeBytes: 1,
    } as const;
    const rights = { type: "reserve", protection: "NOACCESS", guard: false } as const;
    world.apply({ type: "os", process, operation: { ...operation, ...rights } });
  }
  for (const address of bases) {
    const operation = { name: "VirtualFree", address: brand<never>(address) } as const;
    world.apply({
      type: "os",
      process,
      operation: { ...operation, sizeBytes: 0, type: "release" },
    });
  }
}

/** Pages are watched for a while; where changes wait in a queue, some come into it and are polled. */
function watchForAWhile(world: FlatWorld, process: ProcessId): void {
  const { view } = world;
  // Host calls would bring an interruption nearer that is armed.
  if (view.faults().interrupt !== null) return;
  const { notification, pageSizeBytes: lengthBytes, providersPerProcess } = view.config;
  const instance = brand<InstanceId>(process * providersPerProcess);
  const bases = freeBases(world, process);
  const host = (call: HostCall): unknown => world.apply({ type: "host", instance, call });
  world.apply({ type: "call", instance, call: { name: "closeSocket", socket: brand(0) } });
  for (const name of ["watch", "unwatch"] as const) {
    const ranges = bases.map((start) => ({ start: brand<VirtualAddress>(start), lengthBytes }));
    for (const range of ranges) host({ name, range });
    const isQueued = notification === "notify-before-queued" && name === "watch";
    if (!isQueued || view.unheard(instance).length > 0) continue;
    comeAndGo(world, process, bases);
    host({ name: "poll" });
  }
  world.apply({ type: "return", instance, outcome: null });
}

/** Two transfers come and go, if there is something to send. */
function sendTwice(world: FlatWorld): void {
  const live = world.view.liveRegistration(0);
  if (live === undefined) return;
  for (const as of ["t_901", "t_902"]) {
    const { name: registration, socket } = live;
    world.apply({ type: "transferStart", as, kind: "send", registration, socket });
  }
  for (const transfer of ["t_901", "t_902"]) {
    const isStarted = world.view.transfer(transfer) !== undefined;
    if (isStarted) world.apply({ type: "transferComplete", transfer, stamp: 1 });
  }
}

/** Nothing is left of it in the state. */
function goAround(world: FlatWorld, process: ProcessId): void {
  const { notification } = world.view.config;
  // Where changes are counted, those would be too.
  if (notification !== "validate-on-hit") comeAndGo(world, process, freeBases(world, process));
  if (isBeyondWindows(notification)) watchForAWhile(world, process);
}

describe.each(["micro", "tiny", "small", "windows"] as const)("states of %s", (preset) => {
  const lanes = lanesOf(preset);

  it("on different routes are equal, and have one fingerprint, wherever things lie", () => {
    let apart = 0;
    for (const [k, lane] of [...lanes, ...lanes].entries()) {
      const straight = flatWorld(lane.config, lane.claims);
      const around = flatWorld(lane.config, lane.claims);
      for (const event of eventsOf(lane, k)) {
        const isBetween = isQuiet(straight);
        const process: ProcessId = brand(k % lane.config.processes);
        if (isBetween && around.view.isAlive(process)) goAround(around, process);
        if (isBetween) sendTwice(around);
        expect(around.apply(event)).toEqual(straight.apply(event));
        if (!isQuiet(straight)) continue;
        expect(textOf(around)).toBe(textOf(straight));
        expect(fingerprintOf(around)).toBe(fingerprintOf(straight));
        if (around.save().join() !== straight.save().join()) apart++;
      }
    }
    expect(apart).toBeGreaterThan(100);
  });

  it("come back from a copy when the buffer has grown, and go on as they did", () => {
    for (const [k, lane] of lanes.entries()) {
      const world = flatWorld(lane.config, lane.claims);
      const events = eventsOf(lane, 100 + k);
      let from = 0;
      const wanted = (events.length * (k + 1)) / (lanes.length + 1);
      for (; from < events.length && (from < wanted || !isQuiet(world)); from++) {
        world.apply(events[from] as Event);
      }
      if (!isQuiet(world)) continue;
      const [text, print, saved] = [textOf(world), fingerprintOf(world), world.save()];
      const rest = events.slice(from);
      const answers = rest.map((event) => world.apply(event));
      for (let id = 1000; id < 1400; id++) {
        const socket = brand<never>(id);
        world.apply({ type: "connect", socket, process: brand(0), provider: brand(0) });
      }
      expect(world.save().length).toBeGreaterThan(saved.length);
      world.restore(saved);
      expect([textOf(world), fingerprintOf(world)]).toEqual([text, print]);
      expect(rest.map((event) => world.apply(event))).toEqual(answers);
    }
  });

  it("have equal fingerprints if they are equal, and only then", { timeout: 120_000 }, () => {
    const { visited, different, fault } = survey(flatWorld, lanes, 13_000);
    expect(fault).toBeNull();
    expect(visited).toBeGreaterThanOrEqual(13_000);
    expect(different).toBeGreaterThan(1000);
  });
});
