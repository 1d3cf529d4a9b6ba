// What the world takes and answers: the types of the specification's events and views, and nothing else of it. An
// implementation that shared code with its oracle would prove nothing; the shape of a question is not code.

export type { Claims, WorldConfig } from "../../model/config.ts";
export type { BugCheck } from "../../model/errors.ts";
export type {
  Answer,
  Applied,
  CacheCall,
  CallOutcome,
  Event,
  EventOf,
  Fault,
  HostAnswer,
  HostCall,
  Interruption,
  KernelCall,
  WspFunction,
} from "../../model/events.ts";
export type {
  ActiveCall,
  Before,
  Ended,
  Entry,
  EntryBefore,
  HostChange,
  HostFailure,
  InstanceView,
  Registration,
  SparedFrame,
  Totals,
  Unreleased,
} from "../../model/ledger.ts";
export type { ChangedPages, LockedPages, Secure } from "../../model/memory.ts";
export type { Exposure, Region } from "../../model/nic.ts";
export type { Page } from "../../model/address-space.ts";
export type {
  ArmedFaults,
  Attempt,
  Descriptor,
  Dispatch,
  Grant,
  OwnedRegistration,
  Socket,
  Transfer,
  VadView,
  WorldView,
} from "../../model/view.ts";
export type { OsAnswer } from "../../model/performed.ts";
export type { OsOperation } from "../../model/virtual-memory.ts";
export type { World } from "../../model/world.ts";

import type { Socket } from "../../model/view.ts";
export type SocketStatus = Socket["status"];

import type { Applied } from "../../model/events.ts";
/** Nothing follows. */
export const nothing: Applied["then"] = Object.freeze([]);
/** No answer, and nothing that must follow. */
export const quiet: Applied = Object.freeze({ answer: null, then: nothing });
