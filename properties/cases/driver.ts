// Cases of the rules on proxy drivers.

import type { Command } from "../../model/trace.ts";
import type { Words } from "./words.ts";
import type { Case, Make } from "./case.ts";

export function driverCases(w: Words, make: Make): Case[] {
  const requests = requestsFor(w);
  return [...accessCases(w, requests, make), ...handleCases(w, requests, make)];
}

interface Requests {
  copy(from: number, to: number): Command;
  copyOut(from: number, to: number): Command;
  lock(from: number, to: number): Command;
  secure(from: number, to: number): Command;
  release(request: object): Command;
}

function requestsFor(w: Words): Requests {
  return {
    copy: (from, to) => w.ioctl("driverCopy", { code: "copyFromUser", range: w.range(from, to) }),
    copyOut: (from, to) =>
      w.ioctl("driverCopy", { code: "copyToUser", range: w.range(from, to), stamp: 3 }),
    lock: (from, to) =>
      w.ioctl("driverLock", { code: "lock", range: w.range(from, to), access: "readwrite" }),
    secure: (from, to) =>
      w.ioctl("driverSecure", { code: "secure", range: w.range(from, to), mode: "readwrite" }),
    release: (request) => w.ioctl("driverRelease", request),
  };
}

/** Secures, and accesses that fault. */
function accessCases(
  w: Words,
  { copy, copyOut, lock, secure, release }: Requests,
  make: Make,
): Case[] {
  return [
    make(
      "OWN-2",
      "secure, unsecure, unsecure again",
      w.alloc(0, 2),
      secure(0, 2),
      release({ code: "unsecure", handle: 1 }),
      release({ code: "unsecure", handle: 1 }),
    ),
    make(
      "OWN-2",
      "a process ends while another one has something secured and locked",
      w.alloc(0, 2),
      lock(0, 1),
      inProcess1(w.alloc(0, 2)),
      inProcess1(secure(0, 1)),
      inProcess1(lock(0, 1)),
      w.exit(0),
      inProcess1(release({ code: "unsecure", handle: 1 })),
      inProcess1(release({ code: "unlock", mdl: 2 })),
    ),
    make("OWN-3", "a copy from a freed buffer", w.alloc(0, 1), w.free(0), copy(0, 1)),
    make(
      "OWN-3",
      "a copy with an in-page error",
      w.alloc(0, 1),
      w.write(0, 1),
      w.failPageIn(0),
      copy(0, 1),
    ),
    make("OWN-4", "a lock of a range that is half valid", w.alloc(0, 1), lock(0, 2), w.exit()),
    make(
      "OWN-4",
      "a copy to a page that meets a bad block",
      w.alloc(0, 2),
      w.write(0, 1),
      w.failPageIn(0),
      copyOut(0, 2),
    ),
    make("OWN-4", "a copy to pages that forbid writing", w.alloc(0, 2, "READONLY"), copyOut(0, 2)),
  ];
}

/** Requests that no driver may trust, and the ends of processes. */
function handleCases(w: Words, { copy, lock, secure, release }: Requests, make: Make): Case[] {
  const onePageIn32Bits = { start: w.address(0), lengthBytes: 2 ** 32 + w.range(0, 1).lengthBytes };
  const everywhere = { start: w.address(0), lengthBytes: Number.MAX_SAFE_INTEGER };
  return [
    make(
      "OWN-5",
      "handles of another process",
      w.alloc(0, 2),
      secure(0, 1),
      lock(0, 1),
      inProcess1(release({ code: "frames", mdl: 1 })),
      inProcess1(release({ code: "unlock", mdl: 1 })),
      inProcess1(release({ code: "unsecure", handle: 1 })),
    ),
    make(
      "OWN-5",
      "a handle that was released",
      w.alloc(0, 2),
      lock(0, 1),
      lock(0, 2),
      release({ code: "unlock", mdl: 1 }),
      release({ code: "frames", mdl: 1 }),
      release({ code: "unlock", mdl: 1 }),
      w.exit(),
    ),
    make(
      "OWN-5",
      "a length that wraps around",
      w.alloc(0, 1),
      w.ioctl("driverLock", { code: "lock", range: everywhere, access: "read" }),
      w.ioctl("driverLock", { code: "lock", range: onePageIn32Bits, access: "read" }),
      w.ioctl("driverSecure", { code: "secure", range: everywhere, mode: "readwrite" }),
      w.ioctl("driverCopy", { code: "copyFromUser", range: everywhere }),
      copy(100, 101),
    ),
    make(
      "MM-4",
      "a process ends with something locked and secured",
      w.alloc(0, 2),
      secure(0, 2),
      lock(0, 2),
      w.exit(),
    ),
  ];
}

const inProcess1 = ({ name, args }: Command): Command => ({ name, args: { ...args, process: 1 } });
