// The shell around a registration cache, or a whole provider: it makes the subject's host, calls the subject, and
// lets nothing through that is not an answer. In front of a cache, ownership, "in use by a transfer" and the order of a
// close are the switch's (model/switch.ts); what is left is the border between somebody else's code and ours.

import type {
  JsonValue,
  ProviderSubject,
  RegisterOutcome,
  RegisterRequest,
  RegistrationCache,
  SanServiceProvider,
  Subject,
} from "../../model/contract.ts";
import type { CacheCall, CallOutcome, HostAnswer, HostCall } from "../../model/events.ts";
import {
  brand,
  type AddressRange,
  type BufferHandle,
  type InstanceId,
  type RegionKey,
  type RemoteKey,
} from "../../model/units.ts";
import { callErrors } from "../../properties/outcomes.ts";
import { BrokenSubject, type Keeping, type Provider } from "../../properties/stage.ts";
import {
  Border,
  describe,
  describeError,
  isCount,
  isPromise,
  isRecord,
  notAnswered,
} from "./border.ts";
import { hostFor, providerHostFor } from "./host.ts";

/** A cache, or a provider, which has more members. */
export type Made = RegistrationCache &
  Partial<Pick<SanServiceProvider, "transfer" | "transferDone">>;

/** How a kind of subject makes what stands in the provider's place, and what that is called. */
export interface Maker {
  readonly function: "create" | "createProvider" | "createAsync";
  readonly noun: "cache" | "provider";
  /** What has to be made, with its article. */
  readonly wanted: string;
  readonly members: readonly (keyof Made)[];
  make(border: Border, port: (call: HostCall) => HostAnswer): Made;
}

/** The members that every cache has. */
export const cacheMembers: readonly (keyof Made)[] = [
  "register",
  "deregister",
  "closeSocket",
  "cleanup",
];

/** Puts a subject's caches, or its whole providers, into the provider's place. */
export function shell(subject: Subject | ProviderSubject, pageSizeBytes: number): Provider {
  return new Shell(subject.name, makerOf(subject, pageSizeBytes));
}

type Port = (call: HostCall) => HostAnswer;

/** What stands in the place of one provider instance. */
interface Entry {
  readonly made: Made;
  readonly border: Border;
  readonly port: Port;
  /** It was left in the middle of a call, or cleaned up: the contract says that it is not called again. */
  spent: boolean;
}

class Shell implements Provider {
  readonly #subject: string;
  readonly #maker: Maker;
  readonly #instances = new Map<InstanceId, Entry>();
  /** Found out with the first that is made: all are alike. */
  #keeps = false;

  constructor(subject: string, maker: Maker) {
    this.#subject = subject;
    this.#maker = maker;
  }

  start(instance: InstanceId, port: Port): void {
    const border = new Border();
    const made = makeNew(this.#subject, this.#maker, border, port);
    this.#keeps = typeof made.snapshot === "function" && typeof made.restore === "function";
    this.#instances.set(instance, { made, border, port, spent: false });
  }

  call(instance: InstanceId, call: CacheCall): CallOutcome {
    const entry = this.#entry(instance);
    const outcome = this.#inward(entry, memberOf(call), "answers with an outcome", () =>
      checkOutcome(call, perform(entry.made, call)),
    );
    if (call.name === "cleanup") entry.spent = true;
    return outcome;
  }

  get keeping(): Keeping | null {
    return this.#keeps ? this : null;
  }

  snapshot(instance: InstanceId): Uint8Array | JsonValue {
    const entry = this.#entry(instance);
    return this.#inward(entry, "snapshot", "answers with its state", () =>
      checkSnapshot(entry.made.snapshot?.()),
    );
  }

  restore(instance: InstanceId, snapshot: Uint8Array | JsonValue): void {
    const before = this.#entry(instance);
    if (before.spent) this.start(instance, before.port);
    const entry = this.#entry(instance);
    this.#inward(entry, "restore", "takes what snapshot gave", () =>
      entry.made.restore?.(snapshot),
    );
  }

  #entry(instance: InstanceId): Entry {
    const entry = this.#instances.get(instance);
    if (entry !== undefined) return entry;
    throw new RangeError(`provider instance ${instance} was not started`);
  }

  #inward<T>(entry: Entry, member: string, duty: string, body: () => T): T {
    let returned = false;
    try {
      const value = entry.border.inward(body, (error) => {
        throw new BrokenSubject(
          `${member} threw ${describeError(error)}; a ${this.#maker.noun} ${duty}, and never throws`,
        );
      });
      returned = true;
      return value;
    } finally {
      entry.spent ||= !returned;
    }
  }
}

function checkSnapshot(snapshot: unknown): Uint8Array | JsonValue {
  if (snapshot instanceof Uint8Array) return snapshot;
  if (isPromise(snapshot) || snapshot === undefined || typeof snapshot === "function") {
    throw notAnswered("snapshot", snapshot, "JSON, or a Uint8Array");
  }
  return snapshot as JsonValue;
}

function makerOf(subject: Subject | ProviderSubject, pageSizeBytes: number): Maker {
  const { notification } = subject.capabilities;
  if ("createProvider" in subject) {
    return {
      function: "createProvider",
      noun: "provider",
      wanted: "a new provider",
      members: ["register", "deregister", "transfer", "transferDone", "closeSocket", "cleanup"],
      make: (border, port) =>
        subject.createProvider(providerHostFor(port, border, pageSizeBytes, notification)),
    };
  }
  return {
    function: "create",
    noun: "cache",
    wanted: "a new, empty cache",
    members: cacheMembers,
    make: (border, port) => subject.create(hostFor(port, border, pageSizeBytes, notification)),
  };
}

/** Makes what stands in the provider's place. Throws `BrokenSubject` if it is none, or not a new one. */
export function makeNew(
  subject: string,
  maker: Maker,
  border: Border,
  port: (call: HostCall) => HostAnswer,
): Made {
  const made = border.inward(
    () => checkMade(subject, maker, maker.make(border, port)),
    (error) => {
      throw new BrokenSubject(
        `${maker.function} threw ${describeError(error)}; it must return ${maker.wanted}`,
      );
    },
  );
  if (known.has(made)) {
    throw new BrokenSubject(
      `${maker.function} returned the same object twice; it must return ${maker.wanted} each time, since every provider instance has its own`,
    );
  }
  known.add(made);
  return made;
}

/** Whatever was ever made: what comes back is not new, in this run or in an earlier one. */
const known = new WeakSet<Made>();

/** The member of the subject that is called. */
export const memberOf = ({ name }: CacheCall): string => name.replace(/Invalid$/, "");

/** The subject gets a copy of its own, which it cannot change: what it was asked is part of the program. */
export function perform(made: Made, call: CacheCall): unknown {
  switch (call.name) {
    case "register":
    case "registerInvalid":
      return made.register(registerCopy(call.request));
    case "deregister":
    case "deregisterInvalid":
      return made.deregister(Object.freeze({ ...call.request }));
    case "invalidate":
      return made.invalidate?.(rangeCopy(call.range));
    case "transfer":
      return made.transfer?.(
        Object.freeze({ ...call.request, range: rangeCopy(call.request.range) }),
      );
    case "transferDone":
      return made.transferDone?.(call.operation);
    case "closeSocket":
      return made.closeSocket(call.socket);
    case "cleanup":
      return made.cleanup();
  }
}

function rangeCopy({ start, lengthBytes }: AddressRange): AddressRange {
  return Object.freeze({ start, lengthBytes });
}

function registerCopy(request: RegisterRequest): RegisterRequest {
  return Object.freeze({ ...request, range: rangeCopy(request.range) });
}

function checkMade(subject: string, { function: maker, noun, members }: Maker, made: Made): Made {
  if (isPromise(made)) {
    throw notAnswered(
      maker,
      made,
      `the ${noun} itself, so that asynchronous set-up comes before the subject is exported`,
    );
  }
  if (!isRecord(made)) {
    const type = noun === "cache" ? "RegistrationCache" : "SanServiceProvider";
    throw notAnswered(
      `${maker} of ${subject}`,
      made,
      `a ${type}, an object with ${members.join(", ")}`,
    );
  }
  for (const member of members) {
    if (typeof made[member] !== "function") {
      throw new BrokenSubject(
        `the ${noun} that ${maker} returned has ${describe(made[member])} as ${member}; it must be a function`,
      );
    }
  }
  const invalidate: unknown = Reflect.get(made, "invalidate");
  if (invalidate !== undefined && typeof invalidate !== "function") {
    throw new BrokenSubject(
      `the ${noun} that ${maker} returned has ${describe(invalidate)} as invalidate; it must be a function, or not be there`,
    );
  }
  return made;
}

/** What was answered, if it is an answer. */
export function checkOutcome(call: CacheCall, outcome: unknown): CallOutcome {
  switch (call.name) {
    case "closeSocket":
    case "cleanup":
    case "transferDone":
      if (outcome !== undefined && outcome !== null)
        throw notAnswered(call.name, outcome, "nothing");
      return null;
    case "register":
    case "registerInvalid":
      return checkRegister(call.request, outcome);
    case "deregister":
    case "deregisterInvalid":
    case "invalidate":
    case "transfer":
      return checkPlain(memberOf(call), outcome, callErrors[call.name]);
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
