// The command table: everything that can happen in a program. One record each; adding a command is adding
// its record to its room's list.

import type { Event } from "../model/events.ts";
import type { Command, Trace } from "../model/trace.ts";
import type { WorldView } from "../model/view.ts";
import { referenceWorld } from "../model/world.ts";
import type { CommandRecord } from "./command.ts";
import { driverCommands } from "./commands/driver.ts";
import { faultCommands } from "./commands/faults.ts";
import { lifecycleCommands } from "./commands/lifecycle.ts";
import { memoryCommands } from "./commands/memory.ts";
import { linuxCommands } from "./commands/linux.ts";
import { pageCommands } from "./commands/pages.ts";
import { registrationCommands } from "./commands/registration.ts";
import { transferCommands } from "./commands/transfer.ts";

export const commands: readonly CommandRecord[] = [
  ...memoryCommands,
  ...linuxCommands,
  ...pageCommands,
  ...registrationCommands,
  ...transferCommands,
  ...lifecycleCommands,
  ...driverCommands,
  ...faultCommands,
];

const byName = new Map(commands.map((record) => [record.name, record]));

/** The record of a command. Throws RangeError for a name that this release does not have. */
function recordOf(command: Command): CommandRecord {
  const record = byName.get(command.name);
  if (record === undefined) {
    throw new RangeError(
      `the program has the command "${command.name}", which this stalemate does not know; it has ${[...byName.keys()].join(", ")}`,
    );
  }
  return record;
}

/** True if this release has the command. */
export function isKnown(command: Command): boolean {
  return byName.has(command.name);
}

export function isEnabled(view: WorldView, command: Command): boolean {
  return recordOf(command).enabled(view, command.args);
}

export function eventOf(command: Command): Event {
  return recordOf(command).event(command.args);
}

/** What the command does; null if it is not possible now. */
export function eventIfEnabled(view: WorldView, command: Command): Event | null {
  const record = recordOf(command);
  return record.enabled(view, command.args) ? record.event(command.args) : null;
}

/** One line of a program, as it reads in the state before it. */
export function printCommand(view: WorldView, command: Command): string {
  return recordOf(command).print(view, command.args);
}

/** The commands of a trace as they read in the states before them. */
export function printProgram(trace: Trace): string[] {
  const world = referenceWorld(trace.header.config, trace.header.claims);
  return trace.steps.flatMap((step) => {
    if ("command" in step) return [printCommand(world.view, step.command)];
    world.apply(step.event);
    return [];
  });
}
