// A proxy driver under test: its requests, its calls into the kernel, and what it completed.

import { brand, type MdlHandle, type ProcessId, type SecureHandle } from "../../model/units.ts";
import type { IoctlRequest } from "../../model/contract.ts";
import { bugCheckCode, exceptionOf } from "./codes.ts";
import { accessUser, framesOfLock, ioctl } from "./driver.ts";
import { lockNamed, lockRange, unlock } from "./locks.ts";
import { isUserRange } from "./ranges.ts";
import { releaseSecure, secureRange } from "./secures.ts";
import { GRANT, SECURE, SINGLE } from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";
import {
  nothing,
  quiet,
  type Answer,
  type Applied,
  type BugCheck,
  type Dispatch,
  type EventOf,
  type Grant,
  type KernelCall,
} from "./words.ts";

/** An IRP_MJ_DEVICE_CONTROL request. */
export function request(w: Store, event: EventOf<"ioctl">): Applied {
  const { process, provider } = event;
  if (w.claims !== null) {
    const result = ioctl(w, process, provider, event.request);
    return { answer: { kind: "ioctl", result } as Answer, then: nothing };
  }
  begin(w, process, event.request, isGranted(w, process, event.request));
  return quiet;
}

/** The driver is told that a process ends. */
export function processExit(w: Store, process: ProcessId): Applied {
  begin(w, process, null, true);
  return quiet;
}

function begin(
  w: Store,
  process: ProcessId,
  asked: IoctlRequest | null,
  knownHandle: boolean,
): void {
  w.dispatch = { process, request: asked, raised: null, knownHandle, mdls: [], secures: [] };
}

/** True unless the request names a handle that the driver did not grant to the process. */
function isGranted(w: Store, process: number, asked: IoctlRequest): boolean {
  switch (asked.code) {
    case "unlock":
    case "frames":
      return grantNamed(w, 0, process, asked.mdl) !== NONE;
    case "unsecure":
      return grantNamed(w, 1, process, asked.handle) !== NONE;
    default:
      return true;
  }
}

function grantNamed(w: Store, kind: number, process: number, handle: number): number {
  for (let slot = w.grants.first(); slot !== NONE; slot = w.grants.next(slot)) {
    const row = w.grants.row(slot);
    const isIt =
      w.mem.at(row + GRANT.kind) === kind &&
      w.mem.at(row + GRANT.process) === process &&
      w.mem.doubleAt(row + GRANT.handle) === handle;
    if (isIt) return slot;
  }
  return NONE;
}

/** One call of the driver under test into the kernel. */
export function kernelCall(w: Store, call: KernelCall): Applied {
  switch (call.name) {
    case "mmProbeAndLockPages": {
      const [process, range, access] = call.args;
      const handle = lockRange(w, process, 0, range, access);
      if (handle < 0) return raised(w, handle);
      const { dispatch } = w;
      const mdl = brand<MdlHandle>(handle);
      if (dispatch !== null) w.dispatch = { ...dispatch, mdls: [...dispatch.mdls, mdl] };
      return valued({ handle: mdl, frames: framesOfLock(w, lockNamed(w, handle)) });
    }
    case "mmUnlockPages": {
      const [mdl] = call.args;
      const lock = lockNamed(w, mdl);
      if (lock === NONE) return bugChecked(w, "MDL_NOT_LOCKED");
      unlock(w, lock);
      const { dispatch } = w;
      if (dispatch !== null) {
        w.dispatch = { ...dispatch, mdls: dispatch.mdls.filter((each) => each !== mdl) };
      }
      return valued(null);
    }
    case "mmSecureVirtualMemory": {
      const [process, range, mode] = call.args;
      const handle = secureRange(w, process, 0, range, mode);
      if (handle === 0) return valued(null);
      const { dispatch } = w;
      const secure = brand<SecureHandle>(handle);
      if (dispatch !== null) w.dispatch = { ...dispatch, secures: [...dispatch.secures, secure] };
      return valued(secure);
    }
    case "mmUnsecureVirtualMemory": {
      const [process, handle] = call.args;
      const slot = w.secureOf.get(handle);
      if (slot === NONE || w.mem.at(w.secures.row(slot) + SECURE.process) !== process) {
        return bugChecked(w, "INVALID_SECURE_HANDLE");
      }
      releaseSecure(w, slot);
      const { dispatch } = w;
      if (dispatch !== null) {
        w.dispatch = { ...dispatch, secures: dispatch.secures.filter((each) => each !== handle) };
      }
      return valued(null);
    }
    case "probeForRead": {
      const [range] = call.args;
      return isUserRange(w, range.start, range.lengthBytes) ? valued(null) : raised(w, -1);
    }
    case "probeForWrite":
      return accessed(w, accessUser(w, call.args[0], call.args[1], true, null), false);
    case "readUser":
      return accessed(w, accessUser(w, call.args[0], call.args[1], false, null), true);
    case "writeUser":
      return accessed(w, accessUser(w, call.args[0], call.args[1], true, call.args[2]), false);
  }
}

const valued = (value: unknown): Applied => ({
  answer: { kind: "kernel", value, raised: null, bugCheck: null },
  then: nothing,
});

function accessed(w: Store, stamps: number[] | number, wanted: boolean): Applied {
  if (typeof stamps === "number") return raised(w, stamps);
  return valued(wanted ? stamps : null);
}

function raised(w: Store, code: number): Applied {
  const status = exceptionOf(code);
  if (w.dispatch !== null) w.dispatch = { ...w.dispatch, raised: status };
  return { answer: { kind: "kernel", value: null, raised: status, bugCheck: null }, then: nothing };
}

function bugChecked(w: Store, bugCheck: BugCheck): Applied {
  w.set(SINGLE.bugCheck, bugCheckCode(bugCheck));
  return { answer: { kind: "kernel", value: null, raised: null, bugCheck }, then: nothing };
}

/** The driver completed the request, or an exception left it. */
export function completed(w: Store, event: EventOf<"completed">): Applied {
  const { dispatch } = w;
  w.dispatch = null;
  w.lastDispatch = dispatch;
  if (event.escaped !== null && w.get(SINGLE.bugCheck) === 0) {
    w.set(SINGLE.bugCheck, bugCheckCode("KMODE_EXCEPTION_NOT_HANDLED"));
  }
  if (dispatch === null) return quiet;
  if (dispatch.request === null) {
    dropGrants(w, (row) => w.mem.at(row + GRANT.process) === dispatch.process);
    return quiet;
  }
  if (event.result?.ok === true) grantOrTakeBack(w, dispatch, dispatch.request, event.result.value);
  return quiet;
}

function grantOrTakeBack(
  w: Store,
  dispatch: Dispatch,
  asked: IoctlRequest,
  value: number | readonly number[] | null,
): void {
  const { process } = dispatch;
  if (asked.code === "unlock" || asked.code === "unsecure") {
    const kind = asked.code === "unlock" ? 0 : 1;
    const handle: number = asked.code === "unlock" ? asked.mdl : asked.handle;
    dropGrants(
      w,
      (row) =>
        w.mem.at(row + GRANT.kind) === kind &&
        w.mem.at(row + GRANT.process) === process &&
        w.mem.doubleAt(row + GRANT.handle) === handle,
    );
  }
  if ((asked.code !== "lock" && asked.code !== "secure") || typeof value !== "number") return;
  const kernelHandle = asked.code === "lock" ? dispatch.mdls.at(-1) : dispatch.secures.at(-1);
  const slot = w.grants.add();
  const row = w.grants.row(slot);
  w.mem.put(row + GRANT.kind, asked.code === "lock" ? 0 : 1);
  w.mem.put(row + GRANT.process, process);
  w.mem.putDouble(row + GRANT.handle, value);
  w.mem.put(row + GRANT.kernelHandle, kernelHandle ?? -1);
}

function dropGrants(w: Store, which: (row: number) => boolean): void {
  for (let slot = w.grants.first(); slot !== NONE;) {
    const next = w.grants.next(slot);
    if (which(w.grants.row(slot))) w.grants.remove(slot);
    slot = next;
  }
}

export function grantRecord(w: Store, slot: number): Grant {
  const row = w.grants.row(slot);
  return {
    kind: w.mem.at(row + GRANT.kind) === 0 ? "lock" : "secure",
    handle: w.mem.doubleAt(row + GRANT.handle),
    process: brand(w.mem.at(row + GRANT.process)),
    kernelHandle: w.mem.at(row + GRANT.kernelHandle),
  };
}
