// What the world answered, in a few words: the operating system, the NIC, the kernel below a driver.

import type { TransferKind } from "../../model/contract.ts";
import type { Answer, EventOf } from "../../model/events.ts";
import type { WorldView } from "../../model/view.ts";
import type { BufferNames } from "./buffer-names.ts";

/** An operation of the application, or the end of a refused one. */
export function osNote(
  view: WorldView,
  event: EventOf<"os"> | EventOf<"retry">,
  reply: Answer,
  names: BufferNames,
): string | null {
  if (reply?.kind !== "os") return null;
  const { answer } = reply;
  switch (answer.status) {
    case "failed":
      return `fails with ${answer.error}`;
    case "raised":
      return `raises ${answer.exception}`;
    case "refused":
      return view.config.notification === "refuse-notify-retry"
        ? "refused (secured)"
        : "waits for the callback";
    case "done":
      return event.type === "retry"
        ? view.config.notification === "refuse-notify-retry"
          ? "retry done"
          : "goes on"
        : doneNote(view, event, answer, names);
  }
}

function doneNote(
  view: WorldView,
  event: EventOf<"os">,
  { value }: { readonly value: number | string | readonly number[] | null },
  names: BufferNames,
): string | null {
  switch (event.operation.name) {
    case "VirtualAlloc":
    case "MapViewOfFile":
      if (typeof value !== "number") return null;
      return names.learn(view, event, value) ? "the same address as before" : null;
    case "read":
      return Array.isArray(value) ? `reads ${stampsText(value as readonly number[])}` : null;
    case "trim":
      return value === 0 ? "not trimmed" : "trimmed";
    case "failNextPageIn":
      return value === 0 ? "not paged out" : null;
    case "VirtualFree":
    case "VirtualProtect":
    case "UnmapViewOfFile":
    case "write":
    case "mmap":
    case "mremap":
    case "madvise":
    case "fork":
    case "fallocate":
    case "ftruncate":
      return null;
  }
}

/** "VirtualFree(va_40)": what another thread did. */
export function operationText(
  view: WorldView,
  { process, operation }: EventOf<"os">,
  names: BufferNames,
): string {
  const address = "address" in operation ? operation.address : null;
  if (address === null) return operation.name;
  const bytes = "sizeBytes" in operation ? operation.sizeBytes : 0;
  const range = { start: address, lengthBytes: Math.max(1, bytes) };
  const named = names.nameOf(view, process, range);
  return `${operation.name}(${bytes === 0 ? named.replace(/ for .*/, "") : named})`;
}

/** A transfer's start or end, or a peer's access; `kind` is null where nothing was started. */
export function transferNote(
  event: EventOf<"transferStart"> | EventOf<"transferComplete"> | EventOf<"peerAccess">,
  answer: Answer,
  kind: TransferKind | null,
): string | null {
  if (answer?.kind !== "transfer") return null;
  if (answer.error !== null) return answer.error;
  if (event.type === "transferStart") return "in flight";
  const writes =
    event.type === "peerAccess"
      ? event.access === "write"
      : kind === "receive" || kind === "rdmaRead";
  const stamps = answer.stamps ?? [];
  const where = stamps.includes(null) ? ", in part to frames out of use" : "";
  return writes
    ? `the NIC writes stamp ${event.stamp}${where}`
    : `the NIC reads ${stampsText(stamps)}`;
}

function stampsText(stamps: readonly (number | null)[]): string {
  return `stamp ${stamps.map((stamp) => stamp ?? "of no frame").join("+")}`;
}

/** The driver under test: what its caller was answered, what the kernel raised, what escaped. */
export function kernelNotes(
  view: WorldView,
  event: EventOf<"ioctl" | "kernel" | "completed" | "exited">,
  answer: Answer,
): readonly string[] {
  const crash = view.bugCheck();
  switch (event.type) {
    case "ioctl":
      return answer?.kind === "ioctl" && !answer.result.ok ? [answer.result.error] : [];
    case "kernel": {
      if (answer?.kind !== "kernel") return [];
      if (answer.bugCheck !== null) return [`${event.call.name} → bug check ${answer.bugCheck}`];
      if (answer.raised !== null) return [`${event.call.name} raises ${answer.raised}`];
      return [
        answer.value === null ? event.call.name : `${event.call.name} → ${valueText(answer.value)}`,
      ];
    }
    case "completed": {
      const name = /^STATUS_\w+/.exec(event.escaped ?? "")?.[0] ?? event.escaped;
      const escaped = name === null ? [] : [`${name} leaves the driver`];
      if (event.result === null) return escaped;
      const { result } = event;
      return [...escaped, result.ok ? `answers ${valueText(result.value)}` : result.error];
    }
    case "exited":
      return crash === null ? [] : [`bug check ${crash}`];
  }
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return "success";
  if (typeof value === "object" && "handle" in value) return `handle ${String(value.handle)}`;
  return JSON.stringify(value);
}
