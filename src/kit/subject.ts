// What was handed to the checker: is it a subject? One sentence when it is not.

import type {
  AnySubject,
  AsyncSubject,
  DriverSubject,
  ProviderHost,
  ProviderSubject,
  RegistrationCache,
  SanServiceProvider,
  Subject,
} from "../../model/contract.ts";
import { DESCRIPTOR_BYTES } from "../../model/events.ts";
import { families, mappingChanges } from "../../model/families.ts";
import { MisuseError } from "./misuse.ts";

export function isDriver(subject: AnySubject): subject is DriverSubject {
  return "createDriver" in subject;
}

export function isProvider(subject: AnySubject): subject is ProviderSubject {
  return "createProvider" in subject;
}

/** A subject, and whether its caches or providers have a callback. */
export interface SubjectUnderTest {
  readonly subject: AnySubject;
  readonly callback: boolean;
}

const exportNames = ["default", "subject", "cache", "provider", "driver"] as const;

/**
 * The subject that a module exports, as `default`, `subject`, `cache`, `provider` or `driver`.
 * @throws {MisuseError} if there is none, or a member is missing or of the wrong type.
 */
export function asSubject(module: unknown, where: string): AnySubject {
  return exported(module, where, checkSubject);
}

/**
 * The asynchronous cache that a module exports.
 * @throws {MisuseError} if there is none, or a member is missing or of the wrong type.
 */
export function asAsyncSubject(module: unknown, where: string): AsyncSubject {
  return exported(module, where, checkAsyncSubject);
}

function exported<T>(
  module: unknown,
  where: string,
  checked: (candidate: unknown, what: string) => T,
): T {
  const exports = isRecord(module) ? module : {};
  const name = exportNames.find((each) => exports[each] !== undefined);
  if (name === undefined) {
    const given = Object.keys(exports).join(", ") || "nothing";
    throw new MisuseError(
      `${where} exports ${given}, and no subject; export one as default: { name, capabilities, create(host) } for a cache, { name, capabilities, createProvider(host) } for a whole provider, or { name, createDriver(kernel) } for a proxy driver`,
    );
  }
  const candidate = exports[name];
  // CommonJS seen from an ES module: default holds module.exports.
  if (name === "default" && isRecord(candidate) && !("name" in candidate)) {
    if (exportNames.some((each) => candidate[each] !== undefined))
      return exported(candidate, where, checked);
  }
  return checked(candidate, `the ${name} export of ${where}`);
}

/** @throws {MisuseError} if a member is missing or of the wrong type, or the cache is not asynchronous. */
export function checkAsyncSubject(candidate: unknown, what: string): AsyncSubject {
  if (!isRecord(candidate) || !("createAsync" in candidate)) {
    throw new MisuseError(
      `${what} is no asynchronous cache, an object with name, capabilities and createAsync; check one that is not by "stalemate check"`,
    );
  }
  requireMember(candidate, what, "name", "string");
  requireMember(candidate, what, "createAsync", "function");
  requireMember(candidate, what, "capabilities", "object");
  checkCapabilities(candidate["capabilities"] as Record<string, unknown>, what);
  return candidate as unknown as AsyncSubject;
}

/** @throws {MisuseError} if a member is missing or of the wrong type. */
export function checkSubject(candidate: unknown, what: string): AnySubject {
  if (!isRecord(candidate)) {
    throw new MisuseError(
      `${what} is ${typeName(candidate)}; a subject is an object with name, capabilities and create`,
    );
  }
  requireMember(candidate, what, "name", "string");
  if ("createAsync" in candidate) {
    throw new MisuseError(
      `${what} is an asynchronous cache, whose calls may overlap; check it by "stalemate race"`,
    );
  }
  if ("createDriver" in candidate) {
    requireMember(candidate, what, "createDriver", "function");
    return candidate as unknown as DriverSubject;
  }
  const isProvider = "createProvider" in candidate;
  requireMember(candidate, what, isProvider ? "createProvider" : "create", "function");
  requireMember(candidate, what, "capabilities", "object");
  checkCapabilities(candidate["capabilities"] as Record<string, unknown>, what);
  return candidate as unknown as Subject | ProviderSubject;
}

function checkCapabilities(capabilities: Record<string, unknown>, subject: string): void {
  const what = `capabilities of ${subject}`;
  requireMember(capabilities, what, "caches", "object");
  const caches = capabilities["caches"] as Record<string, unknown>;
  requireMember(caches, `caches in the ${what}`, "local", "boolean");
  requireMember(caches, `caches in the ${what}`, "remote", "boolean");
  oneOf(capabilities, what, "hit", ["exact", "containment"]);
  oneOf(capabilities, what, "inUse", ["refuse", "defer"]);
  requireMember(capabilities, what, "limits", "object");
  const limits = capabilities["limits"] as Record<string, unknown>;
  for (const limit of ["entries", "pages", "pending"]) {
    const value = limits[limit];
    if (value !== null && !(Number.isSafeInteger(value) && (value as number) >= 0)) {
      throw new MisuseError(
        `limits in the ${what} has ${describe(value)} as ${limit}; it must be a number of 0 or more, or null for no limit`,
      );
    }
  }
  oneOf(capabilities, what, "notification", Object.keys(families));
  const { coverage } = capabilities;
  if (coverage === undefined) return;
  const isChange = (each: unknown): boolean => mappingChanges.some((change) => change === each);
  if (!Array.isArray(coverage) || !coverage.every(isChange)) {
    throw new MisuseError(
      `the ${what} have ${describe(coverage)} as coverage; it must be a list of mapping changes (${mappingChanges.join(", ")}), or not be there`,
    );
  }
}

function oneOf(
  record: Record<string, unknown>,
  what: string,
  member: string,
  values: readonly string[],
): void {
  const value = record[member];
  if (typeof value !== "string" || !values.includes(value)) {
    const names = values.map((each) => `"${each}"`).join(", ");
    throw new MisuseError(
      `the ${what} have ${describe(value)} as ${member}; it must be one of ${names}`,
    );
  }
}

function requireMember(
  record: Record<string, unknown>,
  what: string,
  member: string,
  type: "string" | "function" | "object" | "boolean",
): void {
  const value = record[member];
  if (typeof value !== type || value === null) {
    const article = type === "object" ? "an" : "a";
    throw new MisuseError(
      `${what} has ${describe(value)} as ${member}; it must be ${article} ${type}`,
    );
  }
}

/** Finds out whether a subject has a callback, by making a cache or provider with a host that answers nothing. */
export function underTest(subject: AnySubject): SubjectUnderTest {
  if (isDriver(subject)) return { subject, callback: false };
  const [maker, wanted] = isProvider(subject)
    ? ["createProvider", "a new provider"]
    : ["create", "a new, empty cache"];
  let made: RegistrationCache | SanServiceProvider;
  try {
    made = isProvider(subject) ? subject.createProvider(inertHost) : subject.create(inertHost);
  } catch (error) {
    throw new MisuseError(
      `${maker} of ${subject.name} threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}; it must return ${wanted} and call nothing of its host`,
    );
  }
  return { subject, callback: isRecord(made) && made["invalidate"] !== undefined };
}

const refuse = (): never => {
  throw new MisuseError(
    "a subject calls its host only while it is called itself, and never while it is made",
  );
};

const inertHost: ProviderHost = {
  pageSizeBytes: 4096,
  descriptorBytes: DESCRIPTOR_BYTES,
  driver: { lock: refuse, unlock: refuse, secure: refuse, unsecure: refuse, frames: refuse },
  nic: {
    register: refuse,
    deregister: refuse,
    expose: refuse,
    unexpose: refuse,
    post: refuse,
    cancel: refuse,
  },
  switch: { complete: refuse },
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

const typeName = (value: unknown): string =>
  value === null ? "null" : value === undefined ? "missing" : `a ${typeof value}`;

const describe = (value: unknown): string =>
  typeof value === "string"
    ? `"${value}"`
    : typeof value === "function" || typeof value === "object"
      ? typeName(value)
      : JSON.stringify(value);
