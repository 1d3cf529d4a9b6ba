// The format of events, field by field; docs/traces.md says the same for people.
//
// Not checked here: whether an event can happen when it does, and whether a number names anything.

import type { Event, EventOf } from "../events.ts";
import {
  count,
  figure,
  list,
  nullable,
  oneOf,
  record,
  tagged,
  text,
  type Format,
  type Variants,
} from "../format.ts";
import { cacheCall, hostCall, ioctlRequest, kernelCall, outcome } from "./calls.ts";
import { fault, operation, wspFunction } from "./requests.ts";
import { ioctlResult, range, transferKind } from "./words.ts";

/** The fields of each type of event. */
export const eventFields: Variants<Event, "type"> = {
  os: { process: count(), operation },
  retry: { process: count() },
  notify: { process: count(), range },
  wsp: { function: wspFunction },
  connect: { socket: count(), process: count(), provider: count() },
  close: { socket: count() },
  closed: { socket: count() },
  handOver: { socket: count(), as: count(), process: count() },
  cleanup: { instance: count() },
  start: { instance: count() },
  stopped: { instance: count() },
  call: { instance: count(), call: cacheCall },
  host: { instance: count(), call: hostCall },
  return: { instance: count(), outcome },
  transferStart: {
    as: text,
    kind: transferKind,
    registration: text,
    socket: count(),
  },
  transferComplete: { transfer: text, stamp: figure },
  peerAccess: {
    socket: count(),
    descriptor: text,
    access: oneOf({ read: true, write: true }),
    stamp: figure,
  },
  ioctl: { process: count(), provider: count(), request: ioctlRequest },
  processExit: { process: count() },
  kernel: { call: kernelCall },
  completed: { result: nullable(ioctlResult), escaped: nullable(text) },
  exit: { process: count() },
  exited: { process: count() },
  arm: { fault },
  interrupt: { instance: count(), at: hostCall },
  nicReset: { provider: count() },
  resume: {
    thread: count(),
    pending: list(record<EventOf<"resume">["pending"][number]>({ thread: count(), at: hostCall })),
  },
  standstill: { kind: oneOf({ deadlock: true, livelock: true }) },
};

export const eventFormat: Format<Event> = tagged<Event, "type">("type", eventFields);
