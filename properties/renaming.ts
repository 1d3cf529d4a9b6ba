// Numbers that the world hands out: locks, secures, regions, keys, frames. A trace that was recorded elsewhere may have
// others for the same things. While it is read, each of its numbers is tied to the one that the model hands out in the
// same place, and from then on one stands for the other, in both directions.
//
// A number may be handed out again when what it named is gone, as real keys are; it then means the new thing. While that
// lives, nothing else may have its number.
//
// Frames are tied while they are locked: until then, and afterwards, nobody has seen which they are.

import type { Answer, Event, HostAnswer, HostCall, KernelCall } from "../model/events.ts";
import { brand, type ProviderId } from "../model/units.ts";
import type { WorldView } from "../model/view.ts";
import { renamed, type NumberKind } from "./renamed-event.ts";

/** A thing that the model and the trace call by different numbers. */
export interface Alias {
  readonly kind: NumberKind;
  readonly provider: ProviderId;
  readonly model: number;
  readonly trace: number;
}

/** No world hands out this one. */
const NOBODYS = 0;

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
