// The stage: a world with a subject in the provider's place, on which events are played. What follows from an
// event (`Applied.then`) is played depth first, so that callbacks and operations of another thread arrive inside
// a call in progress, on its stack.
//
// The subject is reached through a `Provider` or a `Driver`, which somebody else makes of it: nothing here knows
// an implementation, and nothing here judges.

import type { Claims } from "../model/config.ts";
import type { IoctlResult } from "../model/contract.ts";
import type {
  Answer,
  Applied,
  CacheCall,
  CallOutcome,
  Event,
  EventOf,
  HostAnswer,
  HostCall,
  KernelCall,
  KernelParameters,
} from "../model/events.ts";
import type { InstanceId, ProcessId } from "../model/units.ts";
import type { WorldView } from "../model/view.ts";
import type { World } from "../model/world.ts";

/** The subject as the world calls it: one cache a provider instance. Throws `BrokenSubject` for garbage. */
export interface Provider {
  start(instance: InstanceId, host: (call: HostCall) => HostAnswer): void;
  call(instance: InstanceId, call: CacheCall): CallOutcome;
}

/** A proxy driver under test. `escaped` is the message of an exception that left it. */
export interface Driver {
  start(kernel: (call: KernelCall) => Answer, parameters: KernelParameters): void;
  dispatch(request: EventOf<"ioctl">): { result: IoctlResult | null; escaped: string | null };
  processExit(process: ProcessId): { escaped: string | null };
}

export type Player =
  | { readonly kind: "cache"; readonly provider: Provider; readonly claims: Claims }
  | { readonly kind: "driver"; readonly driver: Driver };

/** The subject did something outside the contract: it threw, or answered what is no answer. */
export class BrokenSubject extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BrokenSubject";
  }
}

/** Unwinds the subject's stack when there is nothing left to ask it. Catching it changes nothing. */
export class Unwind extends Error {}

export interface Stage {
  /** Makes the subject's first instances. */
  begin(): void;
  /** One event, what the subject does about it, and everything that follows. */
  play(event: Event): void;
  /** Why the subject left the contract; null while it has not. */
  problem(): string | null;
}

/** `observe`, if given, is told every event with its answer, and may throw `Unwind` to stop everything. */
export function stage(world: World, player: Player, observe: Observer | null = null): Stage {
  return new Acting(world, player, observe);
}

type Observer = (event: Event, answer: Answer) => void;

class Acting implements Stage {
  readonly #world: World;
  readonly #view: WorldView;
  readonly #player: Player;
  readonly #observe: Observer | null;
  #stopped = false;
  #problem: string | null = null;

  constructor(world: World, player: Player, observe: Observer | null) {
    this.#world = world;
    this.#view = world.view;
    this.#player = player;
    this.#observe = observe;
  }

  begin(): void {
    if (this.#player.kind === "driver") {
      const { driver } = this.#player;
      const { pageSizeBytes, pageCount, granularityPages } = this.#view.config;
      const userAddressEnd = (pageCount + granularityPages) * pageSizeBytes;
      const kernel = (call: KernelCall): Answer => this.#kernel(call);
      this.#guarded(() => driver.start(kernel, { pageSizeBytes, userAddressEnd }));
    } else {
      for (const { id } of this.#view.instances()) this.#start(id);
    }
  }

  problem(): string | null {
    return this.#problem;
  }

  #stop(reason: string | null): never {
    this.#stopped = true;
    this.#problem ??= reason;
    throw new Unwind();
  }

  #apply(event: Event): Applied {
    const applied = this.#world.apply(event);
    if (this.#observe === null) return applied;
    try {
      this.#observe(event, applied.answer);
    } catch (error) {
      this.#stopped = true;
      throw error;
    }
    return applied;
  }

  play(event: Event): void {
    if (hasLapsed(this.#world, event)) return;
    const { then } = this.#apply(event);
    if (event.type === "call") this.#call(event);
    else if (event.type === "start") this.#start(event.instance);
    else if (event.type === "ioctl" || event.type === "processExit") this.#dispatch(event);
    for (const next of then) this.play(next);
  }

  #start(instance: InstanceId): void {
    if (this.#player.kind !== "cache") return;
    const { provider } = this.#player;
    this.#guarded(() => provider.start(instance, (each) => this.#host(instance, each)));
  }

  #call({ instance, call: request }: EventOf<"call">): void {
    if (this.#player.kind !== "cache") return;
    const { provider } = this.#player;
    const { process } = this.#view.instance(instance);
    const depth = this.#view.instance(instance).calls.length;
    const outcome = this.#guarded(
      () => provider.call(instance, request),
      () => !this.#view.isAlive(process),
    );
    // The process was killed in the middle of the call, or is another incarnation: nobody waits for the answer.
    if (outcome === GONE || !this.#view.isAlive(process)) return;
    if (this.#view.instance(instance).calls.length !== depth) return;
    for (const next of this.#apply({ type: "return", instance, outcome }).then) this.play(next);
  }

  /** A host call, after whatever was armed to arrive at it. */
  #host(id: InstanceId, request: HostCall): HostAnswer {
    const { process, calls } = this.#view.instance(id);
    if (this.#stopped || !this.#view.isAlive(process)) throw new Unwind();
    if (calls.length === 0) {
      this.#stop(
        `the cache called ${request.name} of its host outside any call; a cache acts only while it is called, so move the call into register, deregister, invalidate, closeSocket or cleanup`,
      );
    }
    if (this.#view.faults().kill === process) {
      this.play({ type: "exit", process });
      throw new Unwind();
    }
    const armed = this.#view.faults().interrupt;
    if (armed !== null && armed.process === process && armed.afterHostCalls === 0) {
      this.play({ type: "interrupt", instance: id, at: request });
      if (!this.#view.isAlive(process)) throw new Unwind();
    }
    const { answer } = this.#apply({ type: "host", instance: id, call: request });
    if (answer === null || answer.kind !== "host") throw new TypeError("a host call has an answer");
    return answer.result;
  }

  #kernel(request: KernelCall): Answer {
    if (this.#stopped) throw new Unwind();
    return this.#apply({ type: "kernel", call: request }).answer;
  }

  #dispatch(event: EventOf<"ioctl"> | EventOf<"processExit">): void {
    if (this.#player.kind !== "driver") return;
    const { driver } = this.#player;
    const ended = this.#guarded(() =>
      event.type === "ioctl"
        ? driver.dispatch(event)
        : { ...driver.processExit(event.process), result: null },
    );
    if (ended === GONE) return;
    this.#apply({ type: "completed", result: ended.result, escaped: ended.escaped });
  }

  /** Runs the subject. What it throws is its own fault, unless the stage threw it through the subject. */
  #guarded<T>(run: () => T, isGone: () => boolean = () => false): T | typeof GONE {
    let value: T;
    try {
      value = run();
    } catch (error) {
      if (this.#stopped) throw new Unwind();
      if (isGone()) return GONE;
      if (error instanceof BrokenSubject) this.#stop(error.message);
      throw error;
    }
    if (this.#stopped) throw new Unwind();
    return value;
  }
}

const GONE: unique symbol = Symbol("the process of the call has ended");

/** What was to follow for a process that has ended meanwhile does not. */
function hasLapsed({ view }: World, event: Event): boolean {
  switch (event.type) {
    case "call": {
      const instance = view.instance(event.instance);
      if (!view.isAlive(instance.process) || !instance.started) return true;
      const { call } = event;
      return (
        call.name === "deregister" &&
        view.registration(call.registration)?.instance !== event.instance
      );
    }
    case "retry":
      return !view.attempts().some((each) => each.process === event.process);
    case "start":
    case "stopped":
    case "cleanup":
      return !view.isAlive(view.instance(event.instance).process);
    case "closed":
      return view.socket(event.socket)?.status !== "closing";
    case "close":
      return view.socket(event.socket)?.status !== "connected";
    case "os":
    case "notify":
    case "connect":
      return !view.isAlive(event.process);
    default:
      return false;
  }
}
