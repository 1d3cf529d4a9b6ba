// Names as small numbers: how the words of a state say what events say in strings.

import type {
  Access,
  ExceptionStatus,
  Scope,
  SecureMode,
  TransferKind,
} from "../../model/contract.ts";
import type { BugCheck, SocketStatus } from "./words.ts";

export const READ = 0;
export const WRITE = 1;
const READWRITE = 2;
export const accessNames: readonly Access[] = ["read", "write", "readwrite"];
export function accessCode(access: Access): number {
  return access === "readwrite" ? READWRITE : access === "read" ? READ : WRITE;
}

/** True if the first access includes the second. */
export function includes(have: number, want: number): boolean {
  return have === READWRITE || have === want;
}

export const NOACCESS = 0;
const READONLY = 1;
export const READ_AND_WRITE = 2;
export const WRITECOPY = 3;
export const protectionNames = ["NOACCESS", "READONLY", "READWRITE", "WRITECOPY"] as const;
export type Protection = (typeof protectionNames)[number];
export function protectionCode(protection: Protection): number {
  return protectionNames.indexOf(protection);
}

/** True if the protection allows reading, or, with `write`, writing. */
export function allows(protection: number, write: boolean): boolean {
  return protection >= READ_AND_WRITE || (protection === READONLY && !write);
}

/** Secure modes: 0 keeps the range readable, 1 writable too. */
export const modeNames: readonly SecureMode[] = ["readonly", "readwrite"];
export function modeCode(mode: SecureMode): number {
  return mode === "readonly" ? 0 : 1;
}

export const LOCAL = 0;
const REMOTE = 1;
export const scopeNames: readonly Scope[] = ["local", "remote"];
export function scopeCode(scope: Scope): number {
  return scope === "local" ? LOCAL : REMOTE;
}

export const CONNECTED = 0;
export const CLOSING = 1;
export const CLOSED = 2;
export const statusNames: readonly SocketStatus[] = ["connected", "closing", "closed"];

export const kindNames: readonly TransferKind[] = ["send", "receive", "rdmaRead", "rdmaWrite"];
/** Whether DMA of the kind reads memory or writes it: receive and the answer of an RDMA read write. */
export function accessOfKind(kind: number): number {
  return kind === 1 || kind === 2 ? WRITE : READ;
}

/** What a touch answers instead of a frame. */
export const VIOLATION = -1;
export const GUARDED = -2;
export const IN_PAGE_ERROR = -3;
export const NO_FRAME = -4;
const raised: readonly ExceptionStatus[] = [
  "STATUS_ACCESS_VIOLATION",
  "STATUS_GUARD_PAGE_VIOLATION",
  "STATUS_IN_PAGE_ERROR",
  "STATUS_INSUFFICIENT_RESOURCES",
];
export function exceptionOf(code: number): ExceptionStatus {
  return raised[-1 - code] ?? "STATUS_ACCESS_VIOLATION";
}

export const bugCheckNames: readonly (BugCheck | null)[] = [
  null,
  "KMODE_EXCEPTION_NOT_HANDLED",
  "PROCESS_HAS_LOCKED_PAGES",
  "INVALID_SECURE_HANDLE",
  "MDL_NOT_LOCKED",
];
export function bugCheckCode(name: BugCheck): number {
  return bugCheckNames.indexOf(name);
}

/** Host calls that can be made to fail. */
export const failableNames = ["lock", "secure", "nicRegister", "nicDeregister"] as const;
export function failableCode(name: string): number {
  return failableNames.findIndex((each) => each === name);
}

/** MEM_READ 1, MEM_WRITE 2, MEM_READWRITE 3; -1 for any other flags. */
export function accessOfFlags(flags: number): number {
  return flags === 1 ? READ : flags === 2 ? WRITE : flags === 3 ? READWRITE : -1;
}
