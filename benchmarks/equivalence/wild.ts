// Subjects that nobody would write: a cache and a driver that do anything that the border lets through. They lead a world
// to states where no legal subject can, and two worlds must agree there too.
//
// What they do is drawn from a hash of what they are asked, so the same program leads to the same, and one that lacks a
// step to nearly the same.

import type { Access, IoctlResult, SecureMode } from "../../model/contract.ts";
import type {
  Answer,
  CacheCall,
  CallOutcome,
  HostAnswer,
  HostCall,
  KernelCall,
} from "../../model/events.ts";
import { brand, type AddressRange, type ProcessId } from "../../model/units.ts";
import type { Driver, Provider } from "../../properties/stage.ts";
import { Chance } from "./chance.ts";

const accesses: readonly Access[] = ["read", "write", "readwrite"];
const modes: readonly SecureMode[] = ["readonly", "readwrite"];

/** Numbers that were answered, and some that were not. */
class Known {
  readonly #numbers: number[] = [];

  add(result: HostAnswer): void {
    if (result.ok && typeof result.value === "number") this.#numbers.push(result.value);
  }

  /** One of the newest, mostly. */
  draw(chance: Chance): number {
    if (this.#numbers.length === 0 || chance.isOnceIn(12)) {
      return chance.oneOf([0, 1, 2, 3, this.#numbers.length + 1, 2 ** 31, 2 ** 40 + 1]);
    }
    return chance.oneOf(this.#numbers.slice(-6));
  }
}

class WildCache {
  #chance = new Chance(null);
  readonly #host: (call: HostCall) => HostAnswer;
  readonly #pageSizeBytes: number;
  readonly #mdls = new Known();
  readonly #secures = new Known();
  readonly #regions = new Known();
  readonly #keys = new Known();
  #range: AddressRange = { start: brand(0), lengthBytes: 1 };
  #socket = 1;

  constructor(host: (call: HostCall) => HostAnswer, pageSizeBytes: number) {
    this.#host = host;
    this.#pageSizeBytes = pageSizeBytes;
  }

  call(call: CacheCall): CallOutcome {
    this.#chance = new Chance(call);
    if (call.name === "register") this.#range = call.request.range;
    if (call.name === "register") this.#socket = call.request.socket;
    if (call.name === "invalidate") this.#range = call.range;
    // Mostly as a cache does: what follows would be nothing but errors otherwise.
    if (call.name === "register" && !this.#chance.isOnceIn(4)) this.#acquire();
    for (let left = this.#chance.below(4); left > 0; left--) this.#act();
    return this.#outcome(call);
  }

  #acquire(): void {
    this.#do(this.#secure());
    this.#do({ name: "lock", range: this.#range, access: this.#chance.oneOf(accesses) });
    this.#do(this.#enter());
  }

  #outcome(call: CacheCall): CallOutcome {
    const chance = this.#chance;
    switch (call.name) {
      case "register": {
        if (chance.isOnceIn(8))
          return { ok: false, error: chance.oneOf(["WSAENOBUFS", "WSAEFAULT"]) };
        const handle = brand<never>(chance.oneOf([0, 1, 7, 2 ** 45]));
        const region = brand<never>(this.#regions.draw(chance));
        const success = { ok: true, handle, region, offsetBytes: 0 } as const;
        if (call.request.scope === "local") return success;
        return { ...success, remoteKey: brand(this.#keys.draw(chance)) };
      }
      case "deregister":
        return chance.isOnceIn(5) ? { ok: false, error: "WSAEINVAL" } : { ok: true };
      case "invalidate":
        if (chance.isOnceIn(2)) return { ok: true };
        return { ok: false, error: chance.oneOf(["WSAEINVAL", "WSAEFAULT"]) };
      case "closeSocket":
      case "cleanup":
        return null;
    }
  }

  /** One host call of any kind. */
  #act(): void {
    const chance = this.#chance;
    switch (chance.below(10)) {
      case 0:
        return this.#do({ name: "lock", range: this.#anywhere(), access: chance.oneOf(accesses) });
      case 1:
        return this.#do({ name: "unlock", mdl: brand(this.#mdls.draw(chance)) });
      case 2:
        return this.#do(this.#secure());
      case 3:
        return this.#do({ name: "unsecure", handle: brand(this.#secures.draw(chance)) });
      case 4:
        return this.#do({ name: "frames", mdl: brand(this.#mdls.draw(chance)) });
      case 5:
        return this.#do(this.#enter());
      case 6:
        return this.#do({ name: "nicDeregister", region: brand(this.#regions.draw(chance)) });
      case 7:
        return this.#do({ name: "unexpose", key: brand(this.#keys.draw(chance)) });
      default:
        return this.#do({
          name: "expose",
          region: brand(this.#regions.draw(chance)),
          range: this.#anywhere(),
          socket: brand(
            chance.isOnceIn(6) ? chance.oneOf([0, 1, 2, 3, 5, 9, 2 ** 40 + 1]) : this.#socket,
          ),
          access: chance.oneOf(accesses),
        });
    }
  }

  #secure(): HostCall {
    return { name: "secure", range: this.#anywhere(), mode: this.#chance.oneOf(modes) };
  }

  #enter(): HostCall {
    const mdl = this.#mdls.draw(this.#chance);
    return { name: "nicRegister", mdl: brand(mdl), access: this.#chance.oneOf(accesses) };
  }

  /** The range that it was asked for last, or about that one, or one that no address space has. */
  #anywhere(): AddressRange {
    const chance = this.#chance;
    const { start, lengthBytes } = this.#range;
    const page = this.#pageSizeBytes;
    if (chance.isOnceIn(25)) {
      const far = chance.oneOf([0, 2 ** 46, 2 ** 53 - page]);
      return { start: brand(far), lengthBytes: chance.oneOf([1, page, 2 ** 40]) };
    }
    if (!chance.isOnceIn(3)) return this.#range;
    const moved = Math.max(0, start + page * (chance.below(5) - 2));
    const length = Math.max(1, lengthBytes + chance.oneOf([-page, -1, 0, 1, page, 3 * page]));
    return { start: brand(moved), lengthBytes: length };
  }

  #do(call: HostCall): void {
    const result = this.#host(call);
    if (call.name === "lock") this.#mdls.add(result);
    if (call.name === "secure") this.#secures.add(result);
    if (call.name === "nicRegister") this.#regions.add(result);
    if (call.name === "expose") this.#keys.add(result);
  }
}

/** A cache for each instance. */
export function wildProvider(pageSizeBytes: number): Provider {
  const caches: WildCache[] = [];
  return {
    start(id, host): void {
      caches[id] = new WildCache(host, pageSizeBytes);
    },
    call: (id, call) => caches[id]?.call(call) ?? null,
  };
}

/** A driver that calls any function of the kernel, and answers what comes of it, or something else. */
export function wildDriver(processes: number): Driver {
  let chance = new Chance(null);
  const numbers: number[] = [1];
  let kernel: (call: KernelCall) => Answer = () => null;
  const anybody = (process: ProcessId): ProcessId =>
    chance.isOnceIn(8) ? brand(chance.below(processes)) : process;

  function call(
    process: ProcessId,
    range: AddressRange,
  ): { value: unknown; raised: string | null } {
    const answer = kernel(drawn(process, range));
    if (answer === null || answer.kind !== "kernel") return { value: null, raised: null };
    const { value, raised } = answer;
    const handle: unknown =
      typeof value === "object" && value !== null ? Reflect.get(value, "handle") : value;
    if (typeof handle === "number") numbers.push(handle);
    return { value: typeof handle === "number" ? handle : value, raised };
  }

  function drawn(process: ProcessId, range: AddressRange): KernelCall {
    const whose = anybody(process);
    const handle = chance.oneOf(numbers.slice(-5));
    switch (chance.below(12)) {
      case 0:
      case 1:
      case 2:
        return { name: "mmProbeAndLockPages", args: [whose, range, chance.oneOf(accesses)] };
      case 3:
        return { name: "mmUnlockPages", args: [brand(handle)] };
      case 4:
      case 5:
      case 6:
        return { name: "mmSecureVirtualMemory", args: [whose, range, chance.oneOf(modes)] };
      case 7:
        return { name: "mmUnsecureVirtualMemory", args: [whose, brand(handle)] };
      case 8:
        return { name: "probeForRead", args: [range] };
      case 9:
        return { name: "probeForWrite", args: [whose, range] };
      case 10:
        return { name: "readUser", args: [whose, range] };
      default:
        return { name: "writeUser", args: [whose, range, 1 + chance.below(1000)] };
    }
  }

  return {
    start(port): void {
      kernel = port;
    },
    dispatch({ process, request }): { result: IoctlResult | null; escaped: string | null } {
      chance = new Chance(request);
      const range = "range" in request ? request.range : { start: brand<never>(0), lengthBytes: 1 };
      let last: { value: unknown; raised: string | null } = { value: null, raised: null };
      for (let left = chance.below(3); left > 0; left--) last = call(process, range);
      if (last.raised !== null && chance.isOnceIn(30))
        return { result: null, escaped: last.raised };
      if (chance.isOnceIn(6))
        return { result: { ok: false, error: "STATUS_INVALID_HANDLE" }, escaped: null };
      const value = typeof last.value === "number" ? last.value : chance.oneOf(numbers);
      return { result: { ok: true, value }, escaped: null };
    },
    processExit: () => ({ escaped: null }),
  };
}
