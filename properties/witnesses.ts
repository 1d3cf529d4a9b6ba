// Witnesses: the situations that the rules are about. A rule whose situations were never met is "unknown", not
// passed. A situation is decided from the world after an event, as a rule is.

import type { Answer, Event } from "../model/events.ts";
import type { WorldView } from "../model/view.ts";
import { documents } from "./witnesses/documents.ts";
import { laws } from "./witnesses/laws.ts";
import type { Scene, Situation } from "./witnesses/scene.ts";

/** Every situation, by rule. */
export const situations: readonly Situation[] = [...documents, ...laws];

const byEvent = new Map<string, number[]>();
for (const [index, each] of situations.entries()) {
  byEvent.set(each.on, [...(byEvent.get(each.on) ?? []), index]);
}

/** The situations that the event met, by their index in the table. */
export function situationsAt(view: WorldView, event: Event, answer: Answer): readonly number[] {
  const candidates = byEvent.get(event.type);
  if (candidates === undefined) return [];
  const instance = "instance" in event ? view.instance(event.instance) : null;
  const active = event.type === "return" ? (instance?.lastCall ?? null) : null;
  const scene: Scene = { view, event, answer, instance, active };
  return candidates.filter((index) => {
    const situation = situations[index];
    if (situation === undefined) return false;
    if (situation.call !== undefined && situation.call !== active?.call.name) return false;
    return situation.holds(scene);
  });
}
