// Subjects that an exhaustive search is tried on: the cache that ships, with a little of it replaced.

import type { Host, JsonValue, RegistrationCache, Subject } from "stalemate";
import { registrationCache } from "../../src/cache/cache-subject.ts";

/** The cache that ships, small enough to meet its limits. */
export const shipped: Subject = registrationCache({
  inUse: "defer",
  limits: { entries: 4, pages: 8, pending: 0 },
});

type Whole = Required<RegistrationCache>;

/** The shipped cache with some members replaced. */
export function shippedBut(
  name: string,
  replaced: (made: Whole, host: Host) => Partial<RegistrationCache>,
): Subject {
  return {
    ...shipped,
    name,
    create(host) {
      const members = membersOf(shipped, host);
      return { ...members, ...replaced(members, host) };
    },
  };
}

/** The same subject, which does not say what it keeps. */
export function withoutSnapshots(subject: Subject): Subject {
  return {
    ...subject,
    create(host) {
      const { register, deregister, invalidate, closeSocket, cleanup } = membersOf(subject, host);
      return { register, deregister, invalidate, closeSocket, cleanup };
    },
  };
}

function membersOf(subject: Subject, host: Host): Whole {
  const made = subject.create(host) as Whole;
  return {
    register: (request) => made.register(request),
    deregister: (request) => made.deregister(request),
    invalidate: (range) => made.invalidate(range),
    closeSocket: (socket) => made.closeSocket(socket),
    cleanup: () => made.cleanup(),
    snapshot: () => made.snapshot(),
    restore: (snapshot) => made.restore(snapshot),
  };
}

/** Keeps what it is told to give up. */
export const deaf: Subject = shippedBut("deaf", () => ({
  invalidate: () => ({ ok: false, error: "WSAEINVAL" }),
}));

/** Does not release what it is given back. */
export const hoarding: Subject = shippedBut("hoarding", () => ({
  deregister: () => ({ ok: true }),
}));

/** Says that it gave up what it keeps, and does not. */
export const promising: Subject = shippedBut("promising", () => ({
  invalidate: () => ({ ok: true }),
}));

/** Gives up nothing once there was a callback over nothing, which changes no state but its own. */
export const tired: Subject = shippedBut("tired", (made) => {
  let isTired = false;
  return {
    invalidate(range) {
      if (isTired) return { ok: true };
      const outcome = made.invalidate(range);
      isTired = !outcome.ok && outcome.error === "WSAEINVAL";
      return outcome;
    },
    snapshot: () => [isTired, made.snapshot() as JsonValue],
    restore(snapshot) {
      const [tiredThen, kept] = snapshot as [boolean, JsonValue];
      isTired = tiredThen;
      made.restore(kept);
    },
  };
});
