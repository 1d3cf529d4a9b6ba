// The provider shell around a registration cache: it makes the cache's host, calls the cache, and lets nothing
// through that is not an answer. Ownership, "in use by a transfer", descriptor sizes and the order of a close
// are the switch's (model/switch.ts); what is left is the border between somebody else's code and ours.

import type {
  RegisterOutcome,
  RegisterRequest,
  RegistrationCache,
  Subject,
} from "../../model/contract.ts";
import type { CacheCall, CallOutcome } from "../../model/events.ts";
import {
  brand,
  type AddressRange,
  type BufferHandle,
  type InstanceId,
  type RegionKey,
  type RemoteKey,
} from "../../model/units.ts";
import { callErrors } from "../../properties/outcomes.ts";
import { BrokenSubject, type Provider } from "../../properties/stage.ts";
import {
  Border,
  describe,
  describeError,
  isCount,
  isPromise,
  isRecord,
  notAnswered,
} from "./border.ts";
import { hostFor } from "./host.ts";

/** Puts a subject's caches into the provider's place. */
export function shell(subject: Subject, pageSizeBytes: number): Provider {
  const caches = new Map<InstanceId, { cache: RegistrationCache; border: Border }>();
  return {
    start(instance, port): void {
      const border = new Border();
      const host = hostFor(port, border, pageSizeBytes, subject.capabilities.notification);
      const cache = border.inward(
        () => checkCache(subject, subject.create(host)),
        (error) => {
          throw new BrokenSubject(
            `create threw ${describeError(error)}; it must return a new, empty cache`,
          );
        },
      );
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
      return border.inward(
        () => checkOutcome(call, perform(cache, call)),
        (error) => {
          throw new BrokenSubject(
            `${call.name} threw ${describeError(error)}; a cache answers with an outcome, and never throws`,
          );
        },
      );
    },
  };
}

/** Every cache that was ever made: one that comes back is not new, in this run or in an earlier one. */
const made = new WeakSet<RegistrationCache>();

/** The subject gets a copy of its own, which it cannot change: what it was asked is part of the program. */
function perform(cache: RegistrationCache, call: CacheCall): unknown {
  switch (call.name) {
    case "register":
      return cache.register(registerCopy(call.request));
    case "deregister":
      return cache.deregister(Object.freeze({ ...call.request }));
    case "invalidate":
      return cache.invalidate?.(rangeCopy(call.range));
    case "closeSocket":
      return cache.closeSocket(call.socket);
    case "cleanup":
      return cache.cleanup();
  }
}

function rangeCopy({ start, lengthBytes }: AddressRange): AddressRange {
  return Object.freeze({ start, lengthBytes });
}

function registerCopy({ socket, range, access, scope }: RegisterRequest): RegisterRequest {
  return Object.freeze({ socket, range: rangeCopy(range), access, scope });
}

const members = ["register", "deregister", "closeSocket", "cleanup"] as const;

function checkCache(subject: Subject, cache: RegistrationCache): RegistrationCache {
  if (isPromise(cache)) {
    throw notAnswered(
      "create",
      cache,
      "the cache itself, so that asynchronous set-up comes before the subject is exported",
    );
  }
  if (!isRecord(cache)) {
    throw notAnswered(
      `create of ${subject.name}`,
      cache,
      `a RegistrationCache, an object with ${members.join(", ")}`,
    );
  }
  for (const member of members) {
    if (typeof cache[member] !== "function") {
      throw new BrokenSubject(
        `the cache that create returned has ${describe(cache[member])} as ${member}; it must be a function`,
      );
    }
  }
  const invalidate: unknown = Reflect.get(cache, "invalidate");
  if (invalidate !== undefined && typeof invalidate !== "function") {
    throw new BrokenSubject(
      `the cache that create returned has ${describe(invalidate)} as invalidate; it must be a function, or not be there`,
    );
  }
  return cache;
}

/** What the cache answered, if it is an answer. */
function checkOutcome(call: CacheCall, outcome: unknown): CallOutcome {
  switch (call.name) {
    case "closeSocket":
    case "cleanup":
      if (outcome !== undefined && outcome !== null)
        throw notAnswered(call.name, outcome, "nothing");
      return null;
    case "register":
      return checkRegister(call.request, outcome);
    case "deregister":
      return checkPlain(call.name, outcome, callErrors.deregister);
    case "invalidate":
      return checkPlain(call.name, outcome, callErrors.invalidate);
  }
}

const done = Object.freeze({ ok: true } as const);

const registerShape =
  '{ ok: true, handle, region, offsetBytes } with numbers of 0 or more, and remoteKey for remote scope, or { ok: false, error: "WSAENOBUFS" | "WSAEFAULT" }';

function checkRegister({ scope }: RegisterRequest, outcome: unknown): RegisterOutcome {
  if (typeof outcome === "object" && outcome !== null) {
    const { ok, error, handle, region, offsetBytes, remoteKey } = outcome as Record<
      string,
      unknown
    >;
    if (ok === false && (error === "WSAENOBUFS" || error === "WSAEFAULT")) return { ok, error };
    if (ok === true && isCount(handle) && isCount(region) && isCount(offsetBytes)) {
      const names = { handle: brand<BufferHandle>(handle), region: brand<RegionKey>(region) };
      if (scope === "local") return { ok, ...names, offsetBytes };
      if (isCount(remoteKey)) {
        return { ok, ...names, offsetBytes, remoteKey: brand<RemoteKey>(remoteKey) };
      }
    }
  }
  throw notAnswered("register", outcome, registerShape);
}

function checkPlain<E extends string>(
  call: string,
  outcome: unknown,
  errors: readonly E[],
): { ok: true } | { ok: false; error: E } {
  if (typeof outcome === "object" && outcome !== null) {
    const { ok, error } = outcome as Record<string, unknown>;
    if (ok === true) return done;
    const known = errors.find((each) => each === error);
    if (ok === false && known !== undefined) return { ok, error: known };
  }
  const names = errors.map((error) => `"${error}"`).join(" | ");
  throw notAnswered(call, outcome, `{ ok: true } or { ok: false, error: ${names} }`);
}
