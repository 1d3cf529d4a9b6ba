// Subjects that nobody would write: a cache and a driver that do anything that the border lets through. They lead a world
// to states where no legal subject can, and two worlds must agree there too.
//
// What they do is drawn from a hash of what they are asked, so the same program leads to the same, and one that lacks a
// step to nearly the same.

import type { Access, IoctlRequest, SecureMode } from "../../model/contract.ts";
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
import { WildListener } from "./wild-listener.ts";
import { WildOperator, noOperations, type Operations } from "./wild-operator.ts";

const accesses: readonly Access[] = ["read", "write", "readwrite"];
const modes: readonly SecureMode[] = ["readonly", "readwrite"];

/** Numbers that were answered, and some that were not. */
class Known {
  readonly #numbers: number[] = [];

  add(result: HostAnswer): void {
    if (result.ok && typeof result.value === "number") this.#numbers.push(result.value);
  }

  /** What will be answered next, if numbers are counted. */
  next(): number {
    return Math.max(0, ...this.#numbers.slice(-6)) + 1;
  }

  /** One of the newest, mostly. */
  draw(chance: Chance): number {
    const next = this.next();
    if (this.#numbers.length === 0 || chance.isOnceIn(8)) {
      return chance.oneOf([0, 1, 2, next, next, next + 1, 2 ** 31, 2 ** 40 + 1]);
    }
    return chance.oneOf(this.#numbers.slice(-6));
  }
}

/** What the caches of all instances know: each tries what is another's too. */
interface Knowledge {
  readonly mdls: Known;
  readonly secures: Known;
  readonly regions: Known;
  readonly keys: Known;
  readonly operations: Operations;
}

/** What was acquired for one register, as far as it succeeded. */
interface Acquired {
  readonly secure: number | null;
  readonly mdl: number | null;
  readonly region: number | null;
}

interface WildHabits {
  /** It uses the monitor of its host. */
  readonly listens: boolean;
  /** It is a whole provider, and deals with operations. */
  readonly operates: boolean;
}

class WildCache {
  #chance = new Chance(null);
  readonly #host: (call: HostCall) => HostAnswer;
  readonly #pageSizeBytes: number;
  readonly #known: Knowledge;
  readonly #listener: WildListener | null;
  readonly #operator: WildOperator | null;
  #range: AddressRange = { start: brand(0), lengthBytes: 1 };
  #socket = 1;
  #acquired: Acquired[] = [];

  constructor(
    host: (call: HostCall) => HostAnswer,
    pageSizeBytes: number,
    known: Knowledge,
    { listens, operates }: WildHabits,
  ) {
    this.#host = host;
    this.#listener = listens ? new WildListener(host) : null;
    this.#operator = operates ? new WildOperator(host, known.operations) : null;
    this.#pageSizeBytes = pageSizeBytes;
    this.#known = known;
  }

  call(call: CacheCall): CallOutcome {
    this.#chance = new Chance(call);
    if (call.name === "register") this.#range = call.request.range;
    if (call.name === "register") this.#socket = call.request.socket;
    if (call.name === "invalidate") this.#range = call.range;
    // Mostly as a cache does: what follows would be nothing but errors otherwise.
    if (call.name === "register" && !this.#chance.isOnceIn(4)) this.#acquire();
    if (call.name !== "register" && this.#chance.isOnceIn(2)) this.#letGo();
    for (let left = this.#chance.below(4); left > 0; left--) this.#act();
    this.#listener?.listen(this.#chance, () => this.#anywhere());
    this.#operator?.operate(this.#chance, call, this.#known.regions.draw(this.#chance));
    const outcome = this.#outcome(call);
    this.#operator?.answered(outcome);
    return outcome;
  }

  #acquire(): void {
    const chance = this.#chance;
    const secure = chance.isOnceIn(3) ? null : this.#do(this.#secure());
    this.#listener?.keep(chance, this.#range);
    const access = chance.oneOf(accesses);
    const mdl = this.#do({ name: "lock", range: this.#range, access });
    const region = this.#do(this.#enter());
    this.#acquired.push({ secure, mdl, region });
  }

  /** What belongs together, mostly in the right order. */
  #letGo(): void {
    const chance = this.#chance;
    const one = this.#acquired[chance.below(this.#acquired.length + 1)];
    if (one === undefined) return;
    const { secure, mdl, region } = one;
    if (secure !== null) this.#do({ name: "unsecure", handle: brand(secure) });
    if (region !== null && !chance.isOnceIn(6)) {
      this.#do({ name: "nicDeregister", region: brand(region) });
    }
    if (mdl !== null && !chance.isOnceIn(3)) this.#do({ name: "unlock", mdl: brand(mdl) });
    if (chance.isOnceIn(2)) this.#acquired = this.#acquired.filter((each) => each !== one);
  }

  #outcome(call: CacheCall): CallOutcome {
    const chance = this.#chance;
    switch (call.name) {
      case "registerInvalid":
      case "register": {
        if (chance.isOnceIn(8))
          return { ok: false, error: chance.oneOf(["WSAENOBUFS", "WSAEFAULT"]) };
        const handle = brand<never>(chance.oneOf([0, 1, 7, 2 ** 45]));
        const { regions } = this.#known;
        const region = brand<never>(chance.isOnceIn(5) ? regions.next() : regions.draw(chance));
        const success = { ok: true, handle, region, offsetBytes: 0 } as const;
        if (call.request.scope === "local") return success;
        return { ...success, remoteKey: brand(this.#known.keys.draw(chance)) };
      }
      case "deregister":
      case "deregisterInvalid":
      case "transfer":
        return chance.isOnceIn(5) ? { ok: false, error: "WSAEINVAL" } : { ok: true };
      case "invalidate":
        if (chance.isOnceIn(2)) return { ok: true };
        return { ok: false, error: chance.oneOf(["WSAEINVAL", "WSAEFAULT"]) };
      case "transferDone":
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
        return void this.#do({
          name: "lock",
          range: this.#anywhere(),
          access: chance.oneOf(accesses),
        });
      case 1:
        return void this.#do({ name: "unlock", mdl: brand(this.#known.mdls.draw(chance)) });
      case 2:
        return void this.#do(this.#secure());
      case 3:
        return void this.#do({ name: "unsecure", handle: brand(this.#known.secures.draw(chance)) });
      case 4:
        return void this.#do({ name: "frames", mdl: brand(this.#known.mdls.draw(chance)) });
      case 5:
        return void this.#do(this.#enter());
      case 6:
        return void this.#do({
          name: "nicDeregister",
          region: brand(this.#known.regions.draw(chance)),
        });
      case 7:
        return void this.#do({ name: "unexpose", key: brand(this.#known.keys.draw(chance)) });
      default:
        return void this.#do({
          name: "expose",
          region: brand(this.#known.regions.draw(chance)),
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
    const mdl = this.#known.mdls.draw(this.#chance);
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

  /** The number that was answered; null for an error. */
  #do(call: HostCall): number | null {
    const result = this.#host(call);
    if (call.name === "lock") this.#known.mdls.add(result);
    if (call.name === "secure") this.#known.secures.add(result);
    if (call.name === "nicRegister") this.#known.regions.add(result);
    if (call.name === "expose") this.#known.keys.add(result);
    return result.ok && typeof result.value === "number" ? result.value : null;
  }
}

/** A cache, or a whole provider, for each instance. */
export function wildProvider(pageSizeBytes: number, habits: WildHabits): Provider {
  const caches: WildCache[] = [];
  const known: Knowledge = {
    mdls: new Known(),
    secures: new Known(),
    regions: new Known(),
    keys: new Known(),
    operations: noOperations(),
  };
  return {
    start(id, host): void {
      caches[id] = new WildCache(host, pageSizeBytes, known, habits);
    },
    call: (id, call) => caches[id]?.call(call) ?? null,
  };
}

/** A driver that calls any function of the kernel, and answers what comes of it, or something else. */
export function wildDriver(processes: number): Driver {
  const wild = new WildDriver(processes);
  return {
    start: (kernel) => wild.start(kernel),
    dispatch: ({ process, request }) => wild.serve(process, request),
    processExit: () => ({ escaped: null }),
  };
}

interface Secured {
  readonly process: ProcessId;
  readonly handle: number;
}

/** What a call into the kernel answered; null if the machine stopped. */
type Served = { readonly value: unknown; readonly raised: string | null } | null;

class WildDriver {
  readonly #processes: number;
  #kernel: (call: KernelCall) => Answer = () => null;
  #chance = new Chance(null);
  #locks: number[] = [];
  #secures: Secured[] = [];

  constructor(processes: number) {
    this.#processes = processes;
  }

  start(kernel: (call: KernelCall) => Answer): void {
    this.#kernel = kernel;
  }

  serve(process: ProcessId, request: IoctlRequest): ReturnType<Driver["dispatch"]> {
    const chance = (this.#chance = new Chance(request));
    const range = "range" in request ? request.range : nowhere;
    let last: Served = { value: null, raised: null };
    for (let left = chance.below(3); left > 0 && last !== null; left--) {
      last = this.#ask(process, range);
    }
    if (last === null) return { result: null, escaped: null };
    const { value, raised } = last;
    if (raised !== null && chance.isOnceIn(30)) return { result: null, escaped: raised };
    if (chance.isOnceIn(6)) {
      return { result: { ok: false, error: "STATUS_INVALID_HANDLE" }, escaped: null };
    }
    const handle = typeof value === "number" ? value : chance.below(4);
    return { result: { ok: true, value: handle }, escaped: null };
  }

  /** One call of any kind. */
  #ask(process: ProcessId, range: AddressRange): Served {
    const chance = this.#chance;
    // One process more than there are.
    const anybody: ProcessId = brand(chance.below(this.#processes + 1));
    const whose = chance.isOnceIn(8) ? anybody : process;
    const call = this.#drawn(whose, range);
    const answer = this.#kernel(call);
    if (answer === null || answer.kind !== "kernel" || answer.bugCheck !== null) return null;
    const { value, raised } = answer;
    if (call.name === "mmSecureVirtualMemory" && typeof value === "number") {
      this.#secures.push({ process: whose, handle: value });
    }
    if (call.name !== "mmProbeAndLockPages" || typeof value !== "object" || value === null) {
      return { value, raised };
    }
    const handle: unknown = Reflect.get(value, "handle");
    if (typeof handle === "number") this.#locks.push(handle);
    return { value: handle, raised };
  }

  #drawn(process: ProcessId, range: AddressRange): KernelCall {
    const chance = this.#chance;
    switch (chance.below(13)) {
      case 0:
      case 1:
      case 2:
        return { name: "mmProbeAndLockPages", args: [process, range, chance.oneOf(accesses)] };
      case 3:
      case 4:
      case 5:
        return { name: "mmSecureVirtualMemory", args: [process, range, chance.oneOf(modes)] };
      case 6:
        return { name: "probeForRead", args: [range] };
      case 7:
        return { name: "probeForWrite", args: [process, range] };
      case 8:
        return { name: "readUser", args: [process, range] };
      case 9:
        return { name: "writeUser", args: [process, range, 1 + chance.below(1000)] };
      case 10:
        return this.#unlock();
      case 11:
        return this.#unsecure();
      default:
        return chance.isOnceIn(6) ? this.#released(process) : nothing;
    }
  }

  /** A release of what is there or not; if not, the machine stops. */
  #released(process: ProcessId): KernelCall {
    const handle = this.#chance.below(9);
    return this.#chance.isOnceIn(2)
      ? { name: "mmUnlockPages", args: [brand(handle)] }
      : { name: "mmUnsecureVirtualMemory", args: [process, brand(handle)] };
  }

  #unlock(): KernelCall {
    const handle = this.#locks[this.#chance.below(this.#locks.length + 1)];
    if (handle === undefined) return nothing;
    this.#locks = this.#locks.filter((each) => each !== handle);
    return { name: "mmUnlockPages", args: [brand(handle)] };
  }

  #unsecure(): KernelCall {
    const secured = this.#secures[this.#chance.below(this.#secures.length + 1)];
    if (secured === undefined) return nothing;
    this.#secures = this.#secures.filter((each) => each !== secured);
    const { process, handle } = secured;
    return { name: "mmUnsecureVirtualMemory", args: [process, brand(handle)] };
  }
}

const nowhere: AddressRange = { start: brand(0), lengthBytes: 1 };
const nothing: KernelCall = { name: "probeForRead", args: [nowhere] };
