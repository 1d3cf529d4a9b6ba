// What the threads of an application leave each other alone at, where the operating system does not.

import { families } from "../../../model/families.ts";
import type { Command } from "../../../model/trace.ts";
import { pagesOf, spansOverlap } from "../../../model/units.ts";
import type { WorldView } from "../../../model/view.ts";
import { eventOf } from "../../../properties/commands.ts";

/**
 * True if the command would register memory that another thread is just unmapping. Where an operation is refused while
 * memory is secured, that is harmless. A hook is called once, and the operation goes on: what is registered in between
 * is stale for good, whatever a cache does; so a thread waits until the operation is over.
 */
export function wouldRegisterWhatGoes(view: WorldView, command: Command): boolean {
  if (families[view.config.notification].delivery !== "before") return false;
  const attempts = view.attempts();
  if (attempts.length === 0) return false;
  const event = eventOf(command);
  if (event.type !== "wsp" || !("range" in event.function)) return false;
  const span = pagesOf(event.function.range, view.config.pageSizeBytes);
  return attempts.some((each) => spansOverlap(each.span, span));
}
