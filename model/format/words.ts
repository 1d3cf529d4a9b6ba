// The formats of quantities and words that more than one kind of line has.

import type { BaseProtection } from "../address-space.ts";
import type {
  Access,
  DriverError,
  ExceptionStatus,
  IoctlResult,
  NotificationFamily,
  Scope,
  SecureMode,
  TransferKind,
} from "../contract.ts";
import {
  choice,
  count,
  figure,
  list,
  nullable,
  oneOf,
  record,
  size,
  tagged,
  type Format,
} from "../format.ts";
import type { AddressRange, PageSpan, Pfn } from "../units.ts";

export const range: Format<AddressRange> = record<AddressRange>({
  start: count(),
  lengthBytes: size,
});
export const span: Format<PageSpan> = record<PageSpan>({ first: count(), count: size });
export const access: Format<Access> = oneOf<Access>({ read: true, write: true, readwrite: true });
export const mode: Format<SecureMode> = oneOf<SecureMode>({ readonly: true, readwrite: true });
export const scope: Format<Scope> = oneOf<Scope>({ local: true, remote: true });
export const transferKind: Format<TransferKind> = oneOf<TransferKind>({
  send: true,
  receive: true,
  rdmaRead: true,
  rdmaWrite: true,
});
export const frames: Format<readonly Pfn[]> = list(count<Pfn>());
export const stamps: Format<readonly number[]> = list(figure);
export const protection: Format<BaseProtection> = oneOf<BaseProtection>({
  NOACCESS: true,
  READONLY: true,
  READWRITE: true,
  WRITECOPY: true,
});
export const family: Format<NotificationFamily> = oneOf<NotificationFamily>({
  "refuse-notify-retry": true,
  "notify-before": true,
  "notify-before-queued": true,
  "notify-after-blocked": true,
  "validate-on-hit": true,
  none: true,
});

export const driverErrors: Readonly<Record<DriverError, true>> = {
  STATUS_ACCESS_VIOLATION: true,
  STATUS_INSUFFICIENT_RESOURCES: true,
  STATUS_INVALID_HANDLE: true,
  STATUS_INVALID_PARAMETER: true,
};
export const exceptionStatus: Format<ExceptionStatus> = oneOf<ExceptionStatus>({
  STATUS_ACCESS_VIOLATION: true,
  STATUS_GUARD_PAGE_VIOLATION: true,
  STATUS_IN_PAGE_ERROR: true,
  STATUS_INSUFFICIENT_RESOURCES: true,
});

export const ioctlResult: Format<IoctlResult> = tagged<IoctlResult, "ok">("ok", {
  true: { value: nullable(choice(Array.isArray, stamps, figure)) },
  false: { error: oneOf(driverErrors) },
});
