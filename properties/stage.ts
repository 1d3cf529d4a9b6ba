// The stage: a world with a subject in the provider's place, on which events are played. What follows from an
// event (`Applied.then`) is played depth first, so that callbacks and operations of another thread arrive inside
// a call in progress, on its stack.
//
// The subject is reached through a `Provider` or a `Driver`, which somebody else makes of it: nothing here knows
// an implementation, and nothing here judges.

import type { Claims } from "../model/config.ts";
import type { IoctlResult, JsonValue } from "../model/contract.ts";
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
import { hasLapsed } from "./lapsed.ts";

/** The subject as the world calls it: one cache, or one whole provider, a provider instance. Throws `BrokenSubject` for garbage. */
export interface Provider {
  start(instance: InstanceId, host: (call: HostCall) => HostAnswer): void;
  call(instance: InstanceId, call: CacheCall): CallOutcome;
  /** How states of the subject are kept and put back; null or left out: it offers no such thing. */
  readonly keeping?: Keeping | null;
}

/** States of a subject between two calls of it. Throws `BrokenSubject` for garbage. */
export interface Keeping {
  snapshot(instance: InstanceId): Uint8Array | JsonValue;
  /** Puts the instance into a state; it may have been in the middle of a call that nobody waits for any more. */
  restore(instance: InstanceId, snapshot: Uint8Array | JsonValue): void;
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

/** Always the same one: nobody reads where it comes from, and finding that out takes time. */
export const unwinding: Unwind = new Unwind();

export interface Stage {
  /** Makes the subject's first instances. */
  begin(): void;
  /** One event, what the subject does about it, and everything that follows. */
  play(event: Event): void;
  /** Goes on in another state, into which somebody has put the world and the subject. */
  resume(): void;
  /** Why the subject left the contract; null while it has not. */
  problem(): string | null;
}

/** `observe`, if given, is told every event with its answer, and may throw `Unwind` to stop everything. */
export function stage(world: World, player: Player, observe: Observer | null = null): Stage {
  return new Acting(world, player, observe);
}

type Observer = (event: Event, answer: Answer) => void;

/** Something waits for a host call. */
function isArmed(view: WorldView): boolean {
  const { kill, interrupt } = view.faults();
  return kill !== null || interrupt !== null;
}

class Acting implements Stage {
  readonly #world: World;
  readonly #view: WorldView;
  readonly #player: Player;
  readonly #observe: Observer | null;
  /** A fault that is due at a host call was armed at some time: only then is it worth looking. */
  #armed: boolean;
  #stopped = false;
  #problem: string | null = null;

  constructor(world: World, player: Player, observe: Observer | null) {
    this.#world = world;
    this.#view = world.view;
    this.#player = player;
    this.#observe = observe;
    this.#armed = isArmed(this.#view);
  }

  resume(): void {
    this.#armed = isArmed(this.#view);
  }

  begin(): void {
    if (this.#player.kind === "driver") this.#startDriver(this.#player.driver);
    else for (const { id } of this.#view.instances()) this.#start(id);
  }

  problem(): string | null {
    return this.#problem;
  }

  #stop(reason: string | null): never {
    this.#stopped = true;
    this.#problem ??= reason;
    throw unwinding;
  }

  /** What the subject threw is its own fault, unless the stage threw it through the subject. */
  #caught(error: unknown): never {
    if (this.#stopped) throw unwinding;
    if (error instanceof BrokenSubject) this.#stop(error.message);
    throw error;
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
    if (hasLapsed(this.#view, event)) return;
    const { then } = this.#apply(event);
    switch (event.type) {
      case "call":
        this.#call(event);
        break;
      case "start":
        this.#start(event.instance);
        break;
      case "ioctl":
      case "processExit":
        this.#dispatch(event);
        break;
      case "arm":
        this.#armed ||= event.fault.kind !== "fail";
        break;
      default:
        break;
    }
    for (const next of then) this.play(next);
  }

  #start(instance: InstanceId): void {
    if (this.#player.kind !== "cache") return;
    try {
      this.#player.provider.start(instance, (each) => this.#host(instance, each));
    } catch (error) {
      this.#caught(error);
    }
    if (this.#stopped) throw unwinding;
  }

  #call({ instance: id, call }: EventOf<"call">): void {
    if (this.#player.kind !== "cache") return;
    const { process, calls } = this.#view.instance(id);
    const depth = calls.length;
    let outcome: CallOutcome;
    try {
      outcome = this.#player.provider.call(id, call);
    } catch (error) {
      // The process was killed in the middle of the call: nobody waits for the answer.
      if (!this.#stopped && !this.#view.isAlive(process)) return;
      this.#caught(error);
    }
    if (this.#stopped) throw unwinding;
    // So too when the subject caught that, or when the process is another incarnation.
    if (!this.#view.isAlive(process) || this.#view.instance(id).calls.length !== depth) return;
    for (const next of this.#apply({ type: "return", instance: id, outcome }).then) this.play(next);
  }

  /** A host call, after whatever was armed to arrive at it. */
  #host(id: InstanceId, call: HostCall): HostAnswer {
    const { process, calls } = this.#view.instance(id);
    if (this.#stopped || !this.#view.isAlive(process)) throw unwinding;
    if (calls.length === 0) {
      const isWhole = this.#view.claims?.whole === true;
      const noun = isWhole ? "provider" : "cache";
      const ofProviders = isWhole ? "transfer, transferDone, " : "";
      this.#stop(
        `the ${noun} called ${call.name} of its host outside any call; a ${noun} acts only while it is called, so move the call into register, deregister, invalidate, ${ofProviders}closeSocket or cleanup`,
      );
    }
    if (this.#armed) this.#strike(id, process, call);
    const { answer } = this.#apply({ type: "host", instance: id, call });
    if (answer === null || answer.kind !== "host") throw new TypeError("a host call has an answer");
    return answer.result;
  }

  /** What was armed arrives: the process is killed, or another thread acts. */
  #strike(instance: InstanceId, process: ProcessId, at: HostCall): void {
    const { kill, interrupt } = this.#view.faults();
    if (kill === process) {
      this.play({ type: "exit", process });
      throw unwinding;
    }
    if (interrupt?.process !== process || interrupt.afterHostCalls > 0) return;
    this.play({ type: "interrupt", instance, at });
    if (!this.#view.isAlive(process)) throw unwinding;
  }

  #startDriver(driver: Driver): void {
    const { pageSizeBytes, pageCount, granularityPages } = this.#view.config;
    const userAddressEnd = (pageCount + granularityPages) * pageSizeBytes;
    try {
      driver.start((call) => this.#kernel(call), { pageSizeBytes, userAddressEnd });
    } catch (error) {
      this.#caught(error);
    }
    if (this.#stopped) throw unwinding;
  }

  #kernel(call: KernelCall): Answer {
    if (this.#stopped) throw unwinding;
    return this.#apply({ type: "kernel", call }).answer;
  }

  #dispatch(event: EventOf<"ioctl"> | EventOf<"processExit">): void {
    if (this.#player.kind !== "driver") return;
    const { driver } = this.#player;
    let result: IoctlResult | null = null;
    let escaped: string | null;
    try {
      if (event.type === "ioctl") ({ result, escaped } = driver.dispatch(event));
      else ({ escaped } = driver.processExit(event.process));
    } catch (error) {
      this.#caught(error);
    }
    if (this.#stopped) throw unwinding;
    this.#apply({ type: "completed", result, escaped });
  }
}
