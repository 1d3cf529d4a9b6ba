// What was to follow from an event and does not: its process has ended meanwhile, its socket is closed, its operation is
// over.

import type { Event } from "../model/events.ts";
import type { WorldView } from "../model/view.ts";

/** True if the event was to follow, and does not any more. */
export function hasLapsed(view: WorldView, event: Event): boolean {
  switch (event.type) {
    case "call": {
      const instance = view.instance(event.instance);
      if (!view.isAlive(instance.process) || !instance.started) return true;
      const { call } = event;
      return (
        call.name === "deregister" &&
        view.registration(call.registration)?.instance !== event.instance
      );
    }
    case "retry":
      return !view.attempts().some((each) => each.process === event.process);
    case "start":
    case "stopped":
    case "cleanup":
      return !view.isAlive(view.instance(event.instance).process);
    case "closed":
      return view.socket(event.socket)?.status !== "closing";
    case "close":
      return view.socket(event.socket)?.status !== "connected";
    case "os":
    case "notify":
    case "connect":
      return !view.isAlive(event.process);
    default:
      return false;
  }
}
