// The formats of what comes from the environment: operations of the application, functions of the switch, faults.
// Ranges may lie anywhere, since an application may ask for anything.

import type { Fault, Interruption, WspFunction } from "../events.ts";
import {
  count,
  figure,
  flag,
  nullable,
  oneOf,
  optional,
  tagged,
  text,
  type Format,
} from "../format.ts";
import type { OsOperation } from "../virtual-memory.ts";
import { protection, range } from "./words.ts";

export const operation: Format<OsOperation> = tagged<OsOperation, "name">("name", {
  VirtualAlloc: {
    address: nullable(count()),
    sizeBytes: count(),
    type: oneOf({ reserve: true, commit: true, "reserve|commit": true }),
    protection,
    guard: flag,
  },
  VirtualFree: {
    address: count(),
    sizeBytes: count(),
    type: oneOf({ release: true, decommit: true, "release|decommit": true, none: true }),
  },
  VirtualProtect: { address: count(), sizeBytes: count(), protection, guard: flag },
  MapViewOfFile: { address: nullable(count()), section: count(), protection },
  UnmapViewOfFile: { address: count() },
  read: { range },
  write: { range, stamp: figure },
  trim: { page: count() },
  failNextPageIn: { page: count() },
  mmap: { address: count(), sizeBytes: count() },
  mremap: { address: count(), sizeBytes: count(), target: count() },
  madvise: { address: count(), sizeBytes: count() },
  fork: {},
  fallocate: { section: count(), firstPage: count(), pageCount: count() },
  ftruncate: { section: count(), pageCount: count() },
});

export const wspFunction: Format<WspFunction> = tagged<WspFunction, "name">("name", {
  WSPRegisterMemory: { as: text, socket: count(), range, flags: count() },
  WSPRegisterRdmaMemory: {
    as: text,
    socket: count(),
    range,
    flags: count(),
    descriptorBytes: count(),
  },
  WSPDeregisterMemory: { registration: text, socket: count() },
  WSPDeregisterRdmaMemory: { registration: text, socket: count() },
});

const interruption: Format<Interruption> = tagged<Interruption, "kind">("kind", {
  operation: { operation, next: optional(operation) },
  notify: { range },
});

export const fault: Format<Fault> = tagged<Fault, "kind">("kind", {
  fail: { call: oneOf({ lock: true, secure: true, nicRegister: true, nicDeregister: true }) },
  kill: { process: count() },
  interrupt: { process: count(), afterHostCalls: count(), what: interruption },
});
