// Numbers that the world hands out: locks, secures, regions, keys, frames. A trace that was recorded elsewhere may have
// others for the same things. While it is read, each of its numbers is tied to the one that the model hands out in the
// same place, and from then on one stands for the other, in both directions.
//
// A number may be handed out again when what it named is gone, as real keys are; it then means the new thing. While that
// lives, nothing else may have its number.
//
// Frames are tied while they are locked: until then, and afterwards, nobody has seen which they are.

import type { Answer, Event, EventOf, HostAnswer, HostCall, KernelCall } from "../model/events.ts";
import { brand, type MdlHandle, type ProviderId, type SecureHandle } from "../model/units.ts";
import type { WorldView } from "../model/view.ts";

export type NumberKind = "lock" | "secure" | "region" | "key";

/** A thing that the model and the trace call by different numbers. */
export interface Alias {
  readonly kind: NumberKind;
  readonly provider: ProviderId;
  readonly model: number;
  readonly trace: number;
}

/** No world hands out this one. */
const NOBODYS = 0;

/** One number for another of the same kind. */
type Rename = (kind: NumberKind, number: number) => number;

export class Renaming {
  readonly #view: WorldView;
  readonly #toModel = new Map<string, number>();
  readonly #aliases = new Map<string, Alias>();
  /** Locked frames: the trace's number by the model's, and the other way round. */
  readonly #frames = new Map<number, number>();
  readonly #framesOfTrace = new Map<number, number>();

  constructor(view: WorldView) {
    this.#view = view;
  }

  /** The event of the trace, as the model numbers things. */
  toModel(event: Event): Event {
    const provider = this.#providerOf(event);
    return renamed(event, (kind, number) => {
      const known = this.#toModel.get(keyOf(kind, provider, number));
      if (known !== undefined) return known;
      if (!this.#aliases.has(keyOf(kind, provider, number))) return number;
      // The trace never handed it out, and the model has something else of that number.
      const alias = { kind, provider, model: NOBODYS, trace: number };
      this.#aliases.set(keyOf(kind, provider, NOBODYS), alias);
      return NOBODYS;
    });
  }

  /** The event of the model, as the trace numbers things. */
  toTrace(event: Event): Event {
    const provider = this.#providerOf(event);
    return renamed(
      event,
      (kind, number) => this.#aliases.get(keyOf(kind, provider, number))?.trace ?? number,
    );
  }

  /**
   * True if the answers to an event that was performed are the same, numbers aside; what they hand out is tied. The
   * numbers that are tied already have to fit.
   */
  agree(event: Event, traced: Answer, answered: Answer): boolean {
    const provider = this.#providerOf(event);
    if (mayUnlock(event)) this.#forgetUnlocked();
    if (event.type === "host" && traced?.kind === "host" && answered?.kind === "host") {
      return this.#agreeOnHost(provider, event.call, traced.result, answered.result);
    }
    if (event.type === "kernel" && traced?.kind === "kernel" && answered?.kind === "kernel") {
      const handed = this.#agreeOnKernel(provider, event.call, traced.value, answered.value);
      return handed && sameJson({ ...traced, value: null }, { ...answered, value: null });
    }
    return sameJson(traced, answered);
  }

  /** Things of the model that the trace calls otherwise, in the order in which they were handed out. */
  aliases(): readonly Alias[] {
    return [...this.#aliases.values()].filter(({ model, trace }) => model !== trace);
  }

  #agreeOnHost(
    provider: ProviderId,
    call: HostCall,
    traced: HostAnswer,
    answered: HostAnswer,
  ): boolean {
    if (!traced.ok || !answered.ok) return sameJson(traced, answered);
    const kind = handsOut[call.name];
    if (kind !== undefined) return this.#tie(kind, provider, traced.value, answered.value);
    return call.name === "frames"
      ? this.#tieFrames(traced.value, answered.value)
      : sameJson(traced, answered);
  }

  #agreeOnKernel(
    provider: ProviderId,
    { name }: KernelCall,
    traced: unknown,
    answered: unknown,
  ): boolean {
    if (name === "mmSecureVirtualMemory" && traced !== null && answered !== null) {
      return this.#tie("secure", provider, traced, answered);
    }
    if (name === "mmProbeAndLockPages" && isMdl(traced) && isMdl(answered)) {
      return (
        this.#tie("lock", provider, traced.handle, answered.handle) &&
        this.#tieFrames(traced.frames, answered.frames)
      );
    }
    return sameJson(traced, answered);
  }

  #tie(kind: NumberKind, provider: ProviderId, trace: unknown, model: unknown): boolean {
    if (typeof trace !== "number" || typeof model !== "number") return false;
    const key = keyOf(kind, provider, trace);
    const old = this.#toModel.get(key);
    if (old !== undefined && this.#isLive(kind, provider, old)) return false;
    this.#toModel.set(key, model);
    this.#aliases.set(keyOf(kind, provider, model), { kind, provider, model, trace });
    return true;
  }

  #isLive(kind: NumberKind, provider: ProviderId, model: number): boolean {
    switch (kind) {
      case "lock":
        return this.#view.lock(brand(model)) !== undefined;
      case "secure":
        return this.#view.secure(brand(model)) !== undefined;
      case "region":
        return this.#view.region(provider, model) !== undefined;
      case "key":
        return this.#view.exposure(provider, model) !== undefined;
    }
  }

  /** Frame by frame: the same where it was the same before, and another one where it was another. */
  #tieFrames(traced: unknown, answered: unknown): boolean {
    if (!isList(traced) || !isList(answered) || traced.length !== answered.length) return false;
    return answered.every((model, i) => {
      const trace = traced[i];
      if (trace === undefined) return false;
      const [knownTrace, knownModel] = [this.#frames.get(model), this.#framesOfTrace.get(trace)];
      this.#frames.set(model, trace);
      this.#framesOfTrace.set(trace, model);
      return (knownTrace ?? trace) === trace && (knownModel ?? model) === model;
    });
  }

  #forgetUnlocked(): void {
    for (const [model, trace] of this.#frames) {
      if ((this.#view.frame(brand(model))?.lockCount ?? 0) > 0) continue;
      this.#frames.delete(model);
      this.#framesOfTrace.delete(trace);
    }
  }

  #providerOf(event: Event): ProviderId {
    const { providersPerProcess } = this.#view.config;
    return brand("instance" in event ? event.instance % providersPerProcess : 0);
  }
}

/** After these a frame may be locked no more. */
function mayUnlock(event: Event): boolean {
  switch (event.type) {
    case "host":
      return event.call.name === "unlock";
    case "kernel":
      return event.call.name === "mmUnlockPages";
    case "exit":
    case "stopped":
      return true;
    default:
      return false;
  }
}

const handsOut: Readonly<Partial<Record<HostCall["name"], NumberKind>>> = {
  lock: "lock",
  secure: "secure",
  nicRegister: "region",
  expose: "key",
};

const keyOf = (kind: NumberKind, provider: ProviderId, number: number): string =>
  `${kind} ${provider} ${number}`;

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const isList = (value: unknown): value is readonly number[] => Array.isArray(value);

const isMdl = (value: unknown): value is { readonly handle: unknown; readonly frames: unknown } =>
  typeof value === "object" && value !== null && "handle" in value && "frames" in value;

/** The event with other numbers. What the subject chooses, its handles, is left as it is. */
function renamed(event: Event, rename: Rename): Event {
  switch (event.type) {
    case "host":
      return { ...event, call: renamedCall(event.call, rename) };
    case "interrupt":
      return { ...event, at: renamedCall(event.at, rename) };
    case "call":
      return renamedDeregister(event, rename);
    case "return":
      return renamedReturn(event, rename);
    case "kernel":
      return { ...event, call: renamedKernelCall(event.call, rename) };
    default:
      return event;
  }
}

function renamedCall(call: HostCall, rename: Rename): HostCall {
  switch (call.name) {
    case "unlock":
    case "frames":
    case "nicRegister":
      return { ...call, mdl: brand(rename("lock", call.mdl)) };
    case "unsecure":
      return { ...call, handle: brand(rename("secure", call.handle)) };
    case "nicDeregister":
    case "expose":
      return { ...call, region: brand(rename("region", call.region)) };
    case "unexpose":
      return { ...call, key: brand(rename("key", call.key)) };
    case "lock":
    case "secure":
    case "watch":
    case "unwatch":
    case "generation":
    case "poll":
      return call;
  }
}

function renamedDeregister(event: EventOf<"call">, rename: Rename): Event {
  const { call } = event;
  if (call.name !== "deregister") return event;
  const { remoteKey } = call.request;
  const request =
    remoteKey === undefined
      ? call.request
      : { ...call.request, remoteKey: brand<typeof remoteKey>(rename("key", remoteKey)) };
  return { ...event, call: { ...call, region: brand(rename("region", call.region)), request } };
}

function renamedReturn(event: EventOf<"return">, rename: Rename): Event {
  const { outcome } = event;
  if (outcome === null || !("region" in outcome)) return event;
  const { remoteKey } = outcome;
  const region = brand<typeof outcome.region>(rename("region", outcome.region));
  return {
    ...event,
    outcome:
      remoteKey === undefined
        ? { ...outcome, region }
        : { ...outcome, region, remoteKey: brand<typeof remoteKey>(rename("key", remoteKey)) },
  };
}

function renamedKernelCall(call: KernelCall, rename: Rename): KernelCall {
  switch (call.name) {
    case "mmUnlockPages":
      return { ...call, args: [brand<MdlHandle>(rename("lock", call.args[0]))] };
    case "mmUnsecureVirtualMemory":
      return { ...call, args: [call.args[0], brand<SecureHandle>(rename("secure", call.args[1]))] };
    default:
      return call;
  }
}
