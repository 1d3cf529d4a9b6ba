// What a call into a cache or a whole provider can be answered with, by the contract.

import type {
  InvalidateOutcome,
  Outcome,
  RegisterOutcome,
  TransferOutcome,
} from "../model/contract.ts";
import type { CacheCall, CallOutcome } from "../model/events.ts";

type ErrorOf<O> = O extends { readonly error: infer E } ? E : never;

/** The errors that a call may answer. */
export const callErrors: {
  readonly register: readonly ErrorOf<RegisterOutcome>[];
  readonly deregister: readonly ErrorOf<Outcome>[];
  readonly invalidate: readonly ErrorOf<InvalidateOutcome>[];
  readonly registerInvalid: readonly ErrorOf<RegisterOutcome>[];
  readonly deregisterInvalid: readonly ErrorOf<Outcome>[];
  readonly transfer: readonly ErrorOf<TransferOutcome>[];
} = {
  register: ["WSAENOBUFS", "WSAEFAULT"],
  deregister: ["WSAEINVAL"],
  invalidate: ["WSAEINVAL", "WSAEFAULT"],
  registerInvalid: ["WSAENOBUFS", "WSAEFAULT"],
  deregisterInvalid: ["WSAEINVAL"],
  transfer: ["WSAEINVAL", "WSAEFAULT"],
};

/** True if the outcome is an answer of the call, legal or not. */
export function isAnswerOf(call: CacheCall, outcome: CallOutcome): boolean {
  switch (call.name) {
    case "register":
    case "registerInvalid":
      if (outcome === null) return false;
      if (!outcome.ok) return isAmong(callErrors[call.name], outcome.error);
      return (
        "region" in outcome &&
        (call.request.scope === "remote") === (outcome.remoteKey !== undefined)
      );
    case "deregister":
    case "invalidate":
    case "deregisterInvalid":
    case "transfer":
      if (outcome === null) return false;
      return outcome.ok ? !("region" in outcome) : isAmong(callErrors[call.name], outcome.error);
    case "closeSocket":
    case "cleanup":
    case "transferDone":
      return outcome === null;
  }
}

const isAmong = (errors: readonly string[], error: string): boolean => errors.includes(error);

/** What the call is answered with, for people. */
export function answersOf(call: CacheCall): string {
  switch (call.name) {
    case "register":
    case "registerInvalid": {
      const key = call.request.scope === "remote" ? ", remoteKey" : "";
      return `{ ok: true, handle, region, offsetBytes${key} }, or ${failure(callErrors.register)}`;
    }
    case "deregister":
    case "invalidate":
    case "deregisterInvalid":
    case "transfer":
      return `{ ok: true }, or ${failure(callErrors[call.name])}`;
    case "closeSocket":
    case "cleanup":
    case "transferDone":
      return "null";
  }
}

const failure = (errors: readonly string[]): string =>
  `{ ok: false, error: ${errors.map((each) => JSON.stringify(each)).join(" | ")} }`;
