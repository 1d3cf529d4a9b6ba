// What would have been accepted in place of an event that was rejected. Nothing is predicted: candidates are tried on a
// copy of the world's state, and those that break no rule are kept. For a return of the cache the candidates are the
// answers of its call; if none of them is legal, the shortest ways to a legal one by more host calls are looked for.
//
// Not complete: candidates are what the pages of the call and the things of its provider instance suggest. A larger
// range, to lock or to secure, may be as legal.

import type { DriverError, IoctlResult } from "../model/contract.ts";
import { accessesOf } from "../model/memory-manager.ts";
import type { Answer, CacheCall, CallOutcome, Event, EventOf, HostCall } from "../model/events.ts";
import { driverErrors } from "../model/format/words.ts";
import { judge, type Finding } from "../model/judge.ts";
import type { State } from "../model/state.ts";
import {
  brand,
  pagesOf,
  spanContains,
  type AddressRange,
  type BufferHandle,
  type InstanceId,
} from "../model/units.ts";
import type { WorldView } from "../model/view.ts";
import { referenceWorld, type ReferenceWorld } from "../model/world.ts";
import { isStruck, type Position } from "./agenda.ts";
import { callErrors } from "./outcomes.ts";

/** Events that may come instead, with the world's answers. */
export type Continuation = readonly Step[];

export interface Step {
  readonly event: Event;
  readonly answer: Answer;
}

/** More host calls than this before a return are not tried. */
const MOST_HOST_CALLS = 4;
/** More events than this are not tried, so that the answer comes soon in a large world too. */
const MOST_TRIES = 4_000;
/** Things of an instance that it could release are tried, the ones that the call is about first. */
const MOST_ENTRIES = 12;

type InCall = Extract<Position, { kind: "call" }>;

/** Tries events from a state on. */
export class Continuations {
  readonly #world: ReferenceWorld;
  readonly #from: State;
  readonly #breaks: (finding: Finding) => boolean;
  #tries = 0;

  /** `breaks`: the findings for which an event is rejected. */
  constructor(world: ReferenceWorld, from: State, breaks: (finding: Finding) => boolean) {
    const { config, claims } = world.view;
    this.#world = referenceWorld(config, claims);
    this.#from = from;
    this.#breaks = breaks;
  }

  /** The events one after the other, if none of them breaks a rule. */
  inTurn(events: readonly Event[]): readonly Continuation[] {
    this.#world.reset(this.#from);
    const steps: Step[] = [];
    for (const event of events) {
      const step = this.#step(event);
      if (step === null) return [];
      steps.push(step);
    }
    return [steps];
  }

  /** Enough was tried: there may be more. */
  get isCut(): boolean {
    return this.#tries > MOST_TRIES;
  }

  /** What the cache may do in the call: answer it or, if no answer is legal, what leads to one. */
  forReturn(position: InCall): readonly Continuation[] {
    if (position.resumes !== null) return this.#resumed(position, position.resumes);
    let nodes: readonly Node[] = [{ state: this.#from, steps: [] }];
    const known = new Set<string>();
    for (let calls = 0; calls <= MOST_HOST_CALLS && nodes.length > 0; calls++) {
      const ways = nodes.flatMap((node) => this.#answered(node, position));
      if (ways.length > 0) return ways;
      nodes = nodes.flatMap((node) => this.#afterHostCalls(node, position, known));
    }
    return [];
  }

  /**
   * What the cache may do in place of a host call: another one that breaks nothing, or a legal answer. What is armed for a
   * host call comes in its place, or before it.
   */
  forHostCall(position: InCall, instead: HostCall): readonly Continuation[] {
    const { resumes, instance } = position;
    if (resumes !== null) return this.#resumed(position, resumes);
    this.#world.reset(this.#from);
    const { view } = this.#world;
    const { process } = view.instance(instance);
    if (view.faults().kill === process) return this.inTurn([{ type: "exit", process }]);
    if (isStruck(view, instance))
      return this.inTurn([{ type: "interrupt", instance, at: instead }]);
    const start: Node = { state: this.#from, steps: [] };
    return [
      ...this.#afterHostCalls(start, position, new Set()).map(({ steps }) => steps),
      ...this.#answered(start, position),
    ];
  }

  /** How a driver may complete its request. */
  forCompletion(): readonly Continuation[] {
    this.#world.reset(this.#from);
    const { view } = this.#world;
    return driverResults(view).flatMap((result) =>
      this.inTurn([{ type: "completed", result, escaped: null }]),
    );
  }

  /** What another thread came before. */
  #resumed({ instance }: InCall, call: HostCall): readonly Continuation[] {
    return this.inTurn([{ type: "host", instance, call }]);
  }

  #answered({ state, steps }: Node, { instance, call }: InCall): readonly Continuation[] {
    this.#world.reset(state);
    return outcomesOf(this.#world.view, instance, call).flatMap((outcome) => {
      this.#world.reset(state);
      const step = this.#step({ type: "return", instance, outcome });
      return step === null ? [] : [[...steps, step]];
    });
  }

  #afterHostCalls(
    { state, steps }: Node,
    { instance, call }: InCall,
    known: Set<string>,
  ): readonly Node[] {
    this.#world.reset(state);
    if (isStruck(this.#world.view, instance)) return [];
    const done = steps.map(({ event }) => JSON.stringify(event));
    return hostCallsOf(this.#world.view, instance, call).flatMap((each): readonly Node[] => {
      const event: Event = { type: "host", instance, call: each };
      // The same calls in another order lead nowhere else, or are not legal in it.
      const set = [...done, JSON.stringify(event)].toSorted().join();
      if (known.has(set) || done.includes(JSON.stringify(event))) return [];
      this.#world.reset(state);
      const step = this.#step(event);
      if (step?.answer?.kind !== "host" || !step.answer.result.ok) return [];
      known.add(set);
      return [{ state: this.#world.state(), steps: [...steps, step] }];
    });
  }

  /** Performs the event; null if it breaks a rule, or enough was tried. */
  #step(event: Event): Step | null {
    if (this.#tries++ >= MOST_TRIES) return null;
    const { answer } = this.#world.apply(event);
    return judge(this.#world.view, event, answer).some(this.#breaks) ? null : { event, answer };
  }
}

interface Node {
  readonly state: State;
  readonly steps: readonly Step[];
}

/** Every answer that the call could be given in this state, right or wrong. */
function outcomesOf(view: WorldView, id: InstanceId, call: CacheCall): readonly CallOutcome[] {
  switch (call.name) {
    case "register":
      return [
        ...successesOf(view, id, call),
        ...callErrors.register.map((error) => ({ ok: false, error }) as const),
      ];
    case "deregister":
      return [
        { ok: true },
        ...callErrors.deregister.map((error) => ({ ok: false, error }) as const),
      ];
    case "invalidate":
      return [
        { ok: true },
        ...callErrors.invalidate.map((error) => ({ ok: false, error }) as const),
      ];
    case "closeSocket":
    case "cleanup":
      return [null];
  }
}

type Register = Extract<CacheCall, { name: "register" }>;

/** Success with each region over the range; for remote scope with each key for the peer. */
function successesOf(
  view: WorldView,
  id: InstanceId,
  { request }: Register,
): readonly CallOutcome[] {
  const { pageSizeBytes } = view.config;
  const span = pagesOf(request.range, pageSizeBytes);
  const keys = view
    .exposuresOver(id, span)
    .filter((each) => each.socket === request.socket)
    .map((each) => each.key);
  return view
    .entriesOver(id, span)
    .flatMap((entry) => entry.regions)
    .filter((region) => spanContains(region.span, span))
    .flatMap((region): readonly CallOutcome[] => {
      const offsetBytes = request.range.start - region.span.first * pageSizeBytes;
      // The handle is the cache's own to choose.
      const handle = brand<BufferHandle>(region.key);
      const success = { ok: true, handle, region: region.key, offsetBytes } as const;
      return request.scope === "local"
        ? [success]
        : keys.map((remoteKey) => ({ ...success, remoteKey }));
    });
}

/** Host calls that could help: releases of what the instance has, and acquisitions for the range of the call. */
function hostCallsOf(view: WorldView, id: InstanceId, call: CacheCall): readonly HostCall[] {
  const range = rangeOfCall(call);
  const span = range === null ? null : pagesOf(range, view.config.pageSizeBytes);
  const near = span === null ? [] : view.entriesOver(id, span);
  const others = view.entries(id).filter((each) => !near.some(({ mdl }) => mdl === each.mdl));
  const entries = [...near, ...others].slice(0, MOST_ENTRIES);
  const releases = entries.flatMap((entry): readonly HostCall[] => [
    ...view.exposuresOver(id, entry.span).map(({ key }): HostCall => ({ name: "unexpose", key })),
    ...entry.regions.map(({ key }): HostCall => ({ name: "nicDeregister", region: key })),
    ...(entry.locked ? [{ name: "unlock", mdl: entry.mdl } as const] : []),
    ...view
      .instanceSecuresOver(id, entry.span)
      .map(({ handle }): HostCall => ({ name: "unsecure", handle })),
  ]);
  const unsecures =
    span === null
      ? []
      : view
          .instanceSecuresOver(id, span)
          .map(({ handle }): HostCall => ({ name: "unsecure", handle }));
  const acquisitions = range === null ? [] : acquisitionsOf(view, id, call, range);
  const calls = [...acquisitions, ...releases, ...unsecures];
  return [...new Map(calls.map((each) => [JSON.stringify(each), each])).values()];
}

function rangeOfCall(call: CacheCall): AddressRange | null {
  switch (call.name) {
    case "register":
      return call.request.range;
    case "deregister":
    case "invalidate":
      return call.range;
    case "closeSocket":
    case "cleanup":
      return null;
  }
}

function acquisitionsOf(
  view: WorldView,
  id: InstanceId,
  call: CacheCall,
  range: AddressRange,
): readonly HostCall[] {
  const secures = (["readwrite", "readonly"] as const).map((mode): HostCall => ({
    name: "secure",
    range,
    mode,
  }));
  if (call.name === "deregister") return secures;
  if (call.name !== "register") return [];
  const { access, scope, socket } = call.request;
  const mode = accessesOf(access).includes("write") ? "readwrite" : "readonly";
  const span = pagesOf(range, view.config.pageSizeBytes);
  const covering = view.entriesOver(id, span).filter((each) => spanContains(each.span, span));
  return [
    { name: "lock", range, access },
    ...covering.map(({ mdl }): HostCall => ({ name: "nicRegister", mdl, access })),
    ...(scope === "remote"
      ? covering.flatMap(({ regions }) =>
          regions.map(({ key }): HostCall => ({
            name: "expose",
            region: key,
            range,
            socket,
            access,
          })),
        )
      : []),
    { name: "secure", range, mode },
  ];
}

/** Every result that the request in progress could be completed with; null for the end of a process. */
function driverResults(view: WorldView): readonly EventOf<"completed">["result"][] {
  const dispatch = view.dispatch();
  if (dispatch === null || dispatch.request === null) return [null];
  const { mdls, secures, request } = dispatch;
  const handle = request.code === "lock" ? mdls.at(-1) : secures.at(-1);
  const grants = request.code === "lock" || request.code === "secure";
  const success: readonly IoctlResult[] = grants
    ? handle === undefined
      ? []
      : [{ ok: true, value: handle }]
    : request.code === "frames" || request.code === "copyFromUser"
      ? []
      : [{ ok: true, value: null }];
  return [...success, ...errors.map((error) => ({ ok: false, error }) as const)];
}

const errors = Object.keys(driverErrors) as readonly DriverError[];
