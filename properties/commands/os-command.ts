// A command that is one operation of an application on its address space: possible while its process lives.

import type { Event } from "../../model/events.ts";
import type { ProcessId } from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";
import type { OsOperation } from "../../model/virtual-memory.ts";
import { command, type CommandRecord, type Setting } from "../command.ts";
import { isPermitted } from "../discipline.ts";
import { processAt } from "./places.ts";

interface OsArgs {
  readonly process: ProcessId;
  readonly operation: OsOperation;
}

/** One operation of an application. */
export function osCommand(
  row: Pick<CommandRecord, "name" | "rules"> & {
    /** Default: all. */
    readonly subjects?: CommandRecord["subjects"];
    /** How many places there are in each process. */
    places(setting: Setting): number;
    /** The operation at the k-th place of the process; null if there is none now. */
    operation(setting: Setting, process: ProcessId, k: number): OsOperation | null;
    print(view: WorldView, process: ProcessId, operation: OsOperation): string;
  },
): CommandRecord {
  return command<OsArgs>({
    name: row.name,
    rules: row.rules,
    subjects: row.subjects ?? ["cache", "driver"],
    count: (setting) => setting.palette.processes.length * row.places(setting),
    isFixed: true,
    instance(setting, k) {
      const places = row.places(setting);
      const process = processAt(setting, k, places);
      if (process === null) return null;
      const operation = row.operation(setting, process, k % places);
      if (operation === null || !isPermitted(setting.view, process, operation)) return null;
      return { process, operation };
    },
    enabled: (view, { process, operation }) =>
      view.isAlive(process) && isPermitted(view, process, operation),
    event: ({ process, operation }): Event => ({ type: "os", process, operation }),
    print: (view, { process, operation }) => row.print(view, process, operation),
  });
}
