// Witnesses: the situations that the rules are about. A rule whose situations were never met is "unknown", not
// passed. A situation is decided from the world after an event, as a rule is.

import type { Answer, Event } from "../model/events.ts";
import type { InstanceView } from "../model/ledger.ts";
import type { WorldView } from "../model/view.ts";
import { documents } from "./witnesses/documents.ts";
import { laws } from "./witnesses/laws.ts";
import { ofProviders } from "./witnesses/provider.ts";
import { Scene, type Situation } from "./witnesses/scene.ts";

/** Every situation, by rule. */
export const situations: readonly Situation[] = [...documents, ...ofProviders, ...laws];

/** A row of the table with its index there. */
interface Row {
  readonly index: number;
  readonly holds: Situation["holds"];
}

/** The rows for one type of event. */
interface Rows {
  /** By the name of the call or function; each list includes the rows for any. */
  readonly named: ReadonlyMap<string, readonly Row[]>;
  /** Where no row names the call or function. */
  readonly others: readonly Row[];
}

/** Found once, so that an event that no row is about costs one look-up. */
const rowsByType: ReadonlyMap<string, Rows> = new Map(
  situations.map(({ on }): [string, Rows] => {
    const rowsFor = (name: string | undefined): readonly Row[] =>
      situations.flatMap((each, index): readonly Row[] =>
        each.on === on && (each.call === undefined || each.call === name)
          ? [{ index, holds: each.holds }]
          : [],
      );
    const names = situations.flatMap((each) =>
      each.on === on && each.call !== undefined ? [each.call] : [],
    );
    return [
      on,
      { named: new Map(names.map((name) => [name, rowsFor(name)])), others: rowsFor(undefined) },
    ];
  }),
);

/** Counts the situations that the event met, each at its index in the table; `met` is as long as that is. */
export function countSituations(
  view: WorldView,
  event: Event,
  answer: Answer,
  met: Int32Array,
): void {
  const rows = rowsByType.get(event.type);
  if (rows === undefined) return;
  const instance = event.type === "return" ? view.instance(event.instance) : null;
  const name = nameOf(event, instance);
  const candidates = (name === undefined ? undefined : rows.named.get(name)) ?? rows.others;
  if (candidates.length === 0) return;
  const scene = new Scene(view, event, answer, instance);
  for (const { index, holds } of candidates) {
    if (holds(scene)) met[index] = (met[index] ?? 0) + 1;
  }
}

/** The call that returned, or the function that was called. */
function nameOf(event: Event, instance: InstanceView | null): string | undefined {
  switch (event.type) {
    case "return":
      return instance?.lastCall?.call.name;
    case "host":
    case "kernel":
      return event.call.name;
    default:
      return undefined;
  }
}
