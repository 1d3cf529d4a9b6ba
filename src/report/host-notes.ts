// Host calls in a few words: "locked pfn 7", "region 1", "secured", "lock → STATUS_ACCESS_VIOLATION".

import type { Answer, EventOf, HostCall } from "../../model/events.ts";
import type { MdlHandle, Pfn } from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";
import { pfnText } from "./layout.ts";

/** The frames of every MDL that was ever seen; an unlock names one that the world has forgotten. */
export type LockedFrames = Map<MdlHandle, readonly Pfn[]>;

const verbs: Readonly<Record<HostCall["name"], string>> = {
  lock: "lock",
  unlock: "unlock",
  secure: "secure",
  unsecure: "unsecure",
  frames: "frames",
  nicRegister: "NIC register",
  nicDeregister: "NIC deregister",
  expose: "expose",
  unexpose: "unexpose",
  watch: "watch",
  unwatch: "unwatch",
  poll: "poll",
  generation: "generation",
  post: "post",
  cancel: "cancel",
  complete: "complete",
};

/** Null for a call that changes nothing. */
export function hostNote(
  view: WorldView,
  event: EventOf<"host">,
  answer: Answer,
  frames: LockedFrames,
): string | null {
  const { call } = event;
  if (answer?.kind !== "host") return null;
  const { result } = answer;
  if (!result.ok) return `${verbs[call.name]} → ${result.error}`;
  switch (call.name) {
    case "lock": {
      const mdl = view.locked().find((each) => each.handle === result.value);
      if (mdl === undefined) return "locked";
      frames.set(mdl.handle, mdl.frames);
      return `locked ${pfnText(mdl.frames)}`;
    }
    case "unlock": {
      const held = frames.get(call.mdl);
      return held === undefined ? "unlocked" : `unlocked ${pfnText(held)}`;
    }
    case "secure":
      return call.mode === "readonly" ? "secured (readonly)" : "secured";
    case "unsecure":
      return "unsecured";
    case "frames":
      return null;
    case "nicRegister":
      return `region ${numberText(result.value)}`;
    case "nicDeregister":
      return `region ${call.region} gone`;
    case "expose":
      return `key ${numberText(result.value)}`;
    case "unexpose":
      return `key ${call.key} gone`;
    case "watch":
      return "watched";
    case "unwatch":
      return "not watched";
    case "poll":
      return polledText(result.value);
    case "generation":
      return `generation ${numberText(result.value)}`;
    case "post":
      return `posted on region ${call.region}`;
    case "cancel":
      return `${call.operation} cancelled`;
    case "complete":
      return `${call.operation} completed${call.error === null ? "" : `: ${call.error}`}`;
  }
}

const numberText = (value: unknown): string => (typeof value === "number" ? String(value) : "?");

function polledText(value: unknown): string {
  const count = Array.isArray(value) ? value.length : 0;
  return count === 0 ? "nothing to hear" : `heard ${count} change${count === 1 ? "" : "s"}`;
}
