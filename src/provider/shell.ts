// The provider shell around a registration cache: it makes the cache's host, calls the cache, and lets nothing
// through that is not an answer. Ownership, "in use by a transfer", descriptor sizes and the order of a close
// are the switch's (model/switch.ts); what is left is the border between somebody else's code and ours.

import type {
  Access,
  Host,
  InvalidateOutcome,
  Outcome,
  RegisterOutcome,
  RegisterRequest,
  RegistrationCache,
  Subject,
} from "../../model/contract.ts";
import type { CacheCall, CallOutcome, HostAnswer, HostCall } from "../../model/events.ts";
import type { AddressRange, InstanceId, Pfn } from "../../model/units.ts";
import { BrokenSubject, type Provider } from "../../properties/stage.ts";

type Port = (call: HostCall) => HostAnswer;

/** Puts a subject's caches into the provider's place. */
export function shell(subject: Subject, pageSizeBytes: number): Provider {
  const caches = new Map<InstanceId, { cache: RegistrationCache; border: Border }>();
  const made = new Set<RegistrationCache>();
  return {
    start(instance, port): void {
      const border = new Border();
      const host = hostFor(border.guard(port), pageSizeBytes);
      const cache = border.run("create", () => subject.create(host));
      checkCache(subject, cache);
      if (made.has(cache)) {
        throw new BrokenSubject(
          "create returned the same object twice; it must return a new, empty cache each time, since every provider instance has its own",
        );
      }
      made.add(cache);
      caches.set(instance, { cache, border });
    },
    call(instance, call): CallOutcome {
      const entry = caches.get(instance);
      if (entry === undefined)
        throw new RangeError(`provider instance ${instance} was not started`);
      const { cache, border } = entry;
      const outcome = border.run(nameOf(call), () => perform(cache, call));
      return checkOutcome(call, outcome);
    },
  };
}

/** Keeps apart what the cache throws and what is thrown through it. */
class Border {
  #thrown: unknown = null;

  guard(port: Port): Port {
    return (call) => {
      try {
        return port(call);
      } catch (error) {
        this.#thrown = error;
        throw error;
      }
    };
  }

  run<T>(name: string, body: () => T): T {
    let value: T;
    try {
      value = body();
    } catch (error) {
      this.#rethrow();
      throw new BrokenSubject(
        `${name} threw ${describeError(error)}; a cache answers with an outcome, and never throws`,
      );
    }
    // The cache may have caught what was thrown through it; it goes on all the same.
    this.#rethrow();
    return value;
  }

  #rethrow(): void {
    const thrown = this.#thrown;
    this.#thrown = null;
    if (thrown !== null) throw thrown;
  }
}

function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : describe(error);
}

function describe(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (value instanceof Promise) return "a Promise";
  if (typeof value === "number" || value === undefined) return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

const nameOf = (call: CacheCall): string => call.name;

function perform(cache: RegistrationCache, call: CacheCall): unknown {
  switch (call.name) {
    case "register":
      return cache.register(call.request);
    case "deregister":
      return cache.deregister(call.request);
    case "invalidate":
      return cache.invalidate?.(call.range);
    case "closeSocket":
      return cache.closeSocket(call.socket);
    case "cleanup":
      return cache.cleanup();
  }
}

const members = ["register", "deregister", "closeSocket", "cleanup"] as const;

function checkCache(subject: Subject, cache: RegistrationCache): void {
  if (typeof cache !== "object" || cache === null) {
    throw new BrokenSubject(
      `create of ${subject.name} returned ${describe(cache)}; it must return a RegistrationCache, an object with ${members.join(", ")}`,
    );
  }
  if (cache instanceof Promise) {
    throw new BrokenSubject(
      "create returned a Promise; it must return the cache itself, so do asynchronous set-up before the subject is exported",
    );
  }
  for (const member of members) {
    if (typeof cache[member] !== "function") {
      throw new BrokenSubject(
        `the cache that create returned has ${describe(cache[member])} as ${member}; it must be a function`,
      );
    }
  }
  if (cache.invalidate !== undefined && typeof cache.invalidate !== "function") {
    throw new BrokenSubject(
      `the cache that create returned has ${describe(cache.invalidate)} as invalidate; it must be a function, or not be there`,
    );
  }
}

/** What the cache answered, if it is an answer. */
function checkOutcome(call: CacheCall, outcome: unknown): CallOutcome {
  const garbage = (wanted: string): BrokenSubject =>
    new BrokenSubject(
      `${call.name} returned ${describe(outcome)}; it must return ${wanted}${outcome instanceof Promise ? " and not be async" : ""}`,
    );
  switch (call.name) {
    case "closeSocket":
    case "cleanup":
      if (outcome !== undefined && outcome !== null) throw garbage("nothing");
      return null;
    case "register":
      if (!isRecord(outcome)) throw garbage(registerShape);
      return checkRegister(call.request, outcome, garbage);
    case "deregister":
      return checkPlain<Outcome>(outcome, ["WSAEINVAL"], garbage);
    case "invalidate":
      return checkPlain<InvalidateOutcome>(outcome, ["WSAEINVAL", "WSAEFAULT"], garbage);
  }
}

const registerShape =
  '{ ok: true, handle, region, offsetBytes } with numbers of 0 or more, and remoteKey for remote scope, or { ok: false, error: "WSAENOBUFS" | "WSAEFAULT" }';

function checkRegister(
  request: RegisterRequest,
  outcome: Record<string, unknown>,
  garbage: (wanted: string) => BrokenSubject,
): RegisterOutcome {
  const { ok, error, handle, region, offsetBytes, remoteKey } = outcome;
  if (ok === false && (error === "WSAENOBUFS" || error === "WSAEFAULT")) return { ok, error };
  const numbers = [handle, region, offsetBytes, ...(request.scope === "remote" ? [remoteKey] : [])];
  if (ok !== true || !numbers.every(isCount)) throw garbage(registerShape);
  const success = { ok, handle, region, offsetBytes } as Extract<RegisterOutcome, { ok: true }>;
  return request.scope === "remote" ? ({ ...success, remoteKey } as RegisterOutcome) : success;
}

function checkPlain<T extends Outcome | InvalidateOutcome>(
  outcome: unknown,
  errors: readonly string[],
  garbage: (wanted: string) => BrokenSubject,
): T {
  if (isRecord(outcome)) {
    if (outcome["ok"] === true) return { ok: true } as T;
    const { error } = outcome;
    if (outcome["ok"] === false && typeof error === "string" && errors.includes(error)) {
      return { ok: false, error } as T;
    }
  }
  const names = errors.map((error) => `"${error}"`).join(" | ");
  throw garbage(`{ ok: true } or { ok: false, error: ${names} }`);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !(value instanceof Promise);

const isCount = (value: unknown): boolean =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

/** The host of one cache: every call goes through the port, its arguments copied and looked at first. */
function hostFor(port: Port, pageSizeBytes: number): Host {
  const call = (request: HostCall): never => {
    const result = port(request);
    return (result.ok ? { ok: true, value: result.value ?? undefined } : result) as never;
  };
  return {
    pageSizeBytes,
    driver: {
      lock: (range, access) =>
        call({
          name: "lock",
          range: checkRange("lock", range),
          access: checkAccess("lock", access),
        }),
      unlock: (mdl) => call({ name: "unlock", mdl: checkName("unlock", mdl) }),
      secure(range, mode) {
        if (mode !== "readonly" && mode !== "readwrite") {
          throw misuse("secure", `the mode ${describe(mode)}`, '"readonly" or "readwrite"');
        }
        return call({ name: "secure", range: checkRange("secure", range), mode });
      },
      unsecure: (handle) => call({ name: "unsecure", handle: checkName("unsecure", handle) }),
      frames(mdl) {
        const result = port({ name: "frames", mdl: checkName("frames", mdl) });
        return result.ok ? (result.value as readonly Pfn[]) : [];
      },
    },
    nic: {
      register: (mdl, access) =>
        call({
          name: "nicRegister",
          mdl: checkName("nic.register", mdl),
          access: checkAccess("nic.register", access),
        }),
      deregister: (region) =>
        call({ name: "nicDeregister", region: checkName("nic.deregister", region) }),
      expose: (region, range, socket, access) =>
        call({
          name: "expose",
          region: checkName("nic.expose", region),
          range: checkRange("nic.expose", range),
          socket: checkName("nic.expose", socket),
          access: checkAccess("nic.expose", access),
        }),
      unexpose: (key) => call({ name: "unexpose", key: checkName("nic.unexpose", key) }),
    },
  };
}

function misuse(call: string, given: string, wanted: string): BrokenSubject {
  return new BrokenSubject(
    `the cache called ${call} of its host with ${given}; it takes ${wanted}`,
  );
}

function checkRange(call: string, range: AddressRange): AddressRange {
  if (!isRecord(range) || !isCount(range.start) || !isCount(range.lengthBytes)) {
    throw misuse(call, `the range ${describe(range)}`, "{ start, lengthBytes } with whole numbers");
  }
  if (range.lengthBytes < 1)
    throw misuse(call, `a range of ${range.lengthBytes} bytes`, "1 byte or more");
  return { start: range.start, lengthBytes: range.lengthBytes };
}

function checkAccess(call: string, access: Access): Access {
  if (access !== "read" && access !== "write" && access !== "readwrite") {
    throw misuse(call, `the access ${describe(access)}`, '"read", "write" or "readwrite"');
  }
  return access;
}

function checkName<T extends number>(call: string, name: T): T {
  if (!isCount(name)) throw misuse(call, describe(name), "a handle that the host answered");
  return name;
}
