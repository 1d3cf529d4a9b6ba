// Requests to a proxy driver. When the driver is under test, its calls into the kernel arrive as events of
// their own, and what it answered with `completed`; else the world's own driver answers at once.
// Sources: WDK, IRP_MJ_DEVICE_CONTROL, "Handling Exceptions"; bug checks 0x1E and 0x76.

import type { IoctlRequest } from "./contract.ts";
import { answered, type Applied, type EventOf, type KernelCall } from "./events.ts";
import { ioctlOf } from "./host-calls.ts";
import { BugCheckError, KernelException, callKernel, kernelOver } from "./kernel.ts";
import { own } from "./ownership.ts";
import type { State } from "./state.ts";
import { brand, type ProcessId, type ProviderId } from "./units.ts";
import type { Dispatch, Grant } from "./view.ts";

/** An IRP_MJ_DEVICE_CONTROL request. */
export function ioctl(state: State, event: EventOf<"ioctl">): Applied {
  const { process, provider, request } = event;
  if (state.claims !== null) {
    return answered({ kind: "ioctl", result: ioctlOf(state, process, provider, request) });
  }
  const knownHandle = isGranted(state, process, request);
  state.dispatch = { process, request, raised: null, knownHandle, mdls: [], secures: [] };
  return answered(null);
}

/** True unless the request names a handle that the driver did not grant to the process. */
function isGranted(state: State, process: ProcessId, request: IoctlRequest): boolean {
  const named = (kind: Grant["kind"], handle: number): boolean =>
    state.grants.some(
      (each) => each.kind === kind && each.handle === handle && each.process === process,
    );
  switch (request.code) {
    case "unlock":
    case "frames":
      return named("lock", request.mdl);
    case "unsecure":
      return named("secure", request.handle);
    default:
      return true;
  }
}

/** The driver is told that a process ends. */
export function processExit(state: State, process: ProcessId): Applied {
  state.dispatch = {
    process,
    request: null,
    raised: null,
    knownHandle: true,
    mdls: [],
    secures: [],
  };
  return answered(null);
}

/** One call of the driver under test into the kernel. */
export function kernelCall(state: State, call: KernelCall): Applied {
  const kernel = kernelOver(own(state, "memory"), brand<ProviderId>(0));
  try {
    const value = callKernel(kernel, call) ?? null;
    noteKernelCall(state, call, value);
    return answered({ kind: "kernel", value, raised: null, bugCheck: null });
  } catch (error) {
    if (error instanceof KernelException) {
      if (state.dispatch !== null) state.dispatch = { ...state.dispatch, raised: error.status };
      return answered({ kind: "kernel", value: null, raised: error.status, bugCheck: null });
    }
    if (error instanceof BugCheckError) {
      state.bugCheck = error.bugCheck;
      return answered({ kind: "kernel", value: null, raised: null, bugCheck: error.bugCheck });
    }
    throw error;
  }
}

function noteKernelCall(state: State, call: KernelCall, value: unknown): void {
  const { dispatch } = state;
  if (dispatch === null) return;
  switch (call.name) {
    case "mmProbeAndLockPages": {
      const mdl = (value as { handle: Dispatch["mdls"][number] }).handle;
      state.dispatch = { ...dispatch, mdls: [...dispatch.mdls, mdl] };
      break;
    }
    case "mmSecureVirtualMemory":
      if (value !== null) {
        const handle = value as Dispatch["secures"][number];
        state.dispatch = { ...dispatch, secures: [...dispatch.secures, handle] };
      }
      break;
    case "mmUnlockPages":
      state.dispatch = { ...dispatch, mdls: dispatch.mdls.filter((mdl) => mdl !== call.args[0]) };
      break;
    case "mmUnsecureVirtualMemory":
      state.dispatch = {
        ...dispatch,
        secures: dispatch.secures.filter((handle) => handle !== call.args[1]),
      };
      break;
    default:
      break;
  }
}

/** The driver completed the request, or an exception left it. */
export function completed(state: State, event: EventOf<"completed">): Applied {
  const { dispatch } = state;
  state.dispatch = null;
  state.lastDispatch = dispatch;
  if (event.escaped !== null) state.bugCheck ??= "KMODE_EXCEPTION_NOT_HANDLED";
  if (dispatch === null || dispatch.request === null) {
    state.grants = state.grants.filter((each) => each.process !== dispatch?.process);
    return answered(null);
  }
  const { process, request } = dispatch;
  if (event.result?.ok !== true) return answered(null);
  const value = event.result.value;
  if (request.code === "unlock" || request.code === "unsecure") {
    const kind = request.code === "unlock" ? "lock" : "secure";
    const handle: number = request.code === "unlock" ? request.mdl : request.handle;
    state.grants = state.grants.filter(
      (each) => !(each.kind === kind && each.handle === handle && each.process === process),
    );
  }
  const kernelHandle = request.code === "lock" ? dispatch.mdls.at(-1) : dispatch.secures.at(-1);
  if ((request.code === "lock" || request.code === "secure") && typeof value === "number") {
    const grant: Grant = {
      kind: request.code,
      handle: value,
      process,
      kernelHandle: kernelHandle ?? -1,
    };
    own(state, "grants").push(grant);
  }
  return answered(null);
}
