// The formats of what comes to the subject and from it: calls into a cache and their outcomes, its calls into the
// host, requests to a driver and its calls into the kernel.

import type {
  DeregisterRequest,
  IoctlRequest,
  RegisterOutcome,
  RegisterRequest,
  TransferRequest,
} from "../contract.ts";
import type { CacheCall, CallOutcome, HostCall, KernelCall } from "../events.ts";
import {
  choice,
  count,
  exactly,
  figure,
  hasField,
  nullable,
  oneOf,
  optional,
  record,
  tagged,
  text,
  tuple,
  type Format,
} from "../format.ts";
import { access, mode, range, scope, transferKind } from "./words.ts";

const registerRequest: Format<RegisterRequest> = record<RegisterRequest>({
  socket: count(),
  range,
  access,
  scope,
  descriptorBytes: optional(count()),
});

const deregisterRequest: Format<DeregisterRequest> = record<DeregisterRequest>({
  socket: count(),
  handle: count(),
  scope,
  remoteKey: optional(count()),
});

export const cacheCall: Format<CacheCall> = tagged<CacheCall, "name">("name", {
  register: {
    as: text,
    request: registerRequest,
  },
  deregister: {
    registration: text,
    region: count(),
    range,
    request: deregisterRequest,
  },
  invalidate: { range, reason: oneOf({ attempt: true, notify: true }) },
  closeSocket: { socket: count() },
  cleanup: {},
  registerInvalid: { request: registerRequest },
  deregisterInvalid: { registration: text, request: deregisterRequest },
  transfer: {
    registration: text,
    request: record<TransferRequest>({
      operation: text,
      socket: count(),
      handle: count(),
      range,
      kind: transferKind,
    }),
  },
  transferDone: { operation: text },
});

type Registered = Extract<RegisterOutcome, { ok: true }>;
type CallError = Extract<CallOutcome, { ok: false }>["error"];
type PlainOutcome = { readonly ok: true } | { readonly ok: false; readonly error: CallError };

export const outcome: Format<CallOutcome> = nullable(
  choice(
    hasField("handle"),
    record<Registered>({
      ok: exactly(true),
      handle: count(),
      region: count(),
      offsetBytes: count(),
      remoteKey: optional(count()),
    }),
    tagged<PlainOutcome, "ok">("ok", {
      true: {},
      false: { error: oneOf<CallError>({ WSAENOBUFS: true, WSAEFAULT: true, WSAEINVAL: true }) },
    }),
  ),
);

export const hostCall: Format<HostCall> = tagged<HostCall, "name">("name", {
  lock: { range, access },
  unlock: { mdl: count() },
  secure: { range, mode },
  unsecure: { handle: count() },
  frames: { mdl: count() },
  nicRegister: { mdl: count(), access },
  nicDeregister: { region: count() },
  expose: { region: count(), range, socket: count(), access },
  unexpose: { key: count() },
  watch: { range },
  unwatch: { range },
  generation: { range },
  poll: {},
  post: { operation: text, region: count(), range },
  cancel: { operation: text },
  complete: { operation: text, error: nullable(exactly("WSA_OPERATION_ABORTED")) },
});

export const ioctlRequest: Format<IoctlRequest> = tagged<IoctlRequest, "code">("code", {
  lock: { range, access },
  unlock: { mdl: count() },
  secure: { range, mode },
  unsecure: { handle: count() },
  frames: { mdl: count() },
  copyFromUser: { range },
  copyToUser: { range, stamp: figure },
});

export const kernelCall: Format<KernelCall> = tagged<KernelCall, "name">("name", {
  mmProbeAndLockPages: { args: tuple(count(), range, access) },
  mmUnlockPages: { args: tuple(count()) },
  mmSecureVirtualMemory: { args: tuple(count(), range, mode) },
  mmUnsecureVirtualMemory: { args: tuple(count(), count()) },
  probeForRead: { args: tuple(range) },
  probeForWrite: { args: tuple(count(), range) },
  readUser: { args: tuple(count(), range) },
  writeUser: { args: tuple(count(), range, figure) },
});
