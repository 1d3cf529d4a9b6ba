import { describe, expect, it } from "vitest";
import type { Event } from "../../model/events.ts";
import { replay, type Command } from "../../model/trace.ts";
import { commands, eventOf, printCommand } from "../../properties/commands.ts";
import { commandOf } from "../../properties/stimuli.ts";
import { drawnTraces } from "./drawn-traces.ts";

/** A command as people and worlds see it. */
interface Seen {
  readonly name: string;
  readonly event: Event;
  readonly printed: string;
}

const traces = [
  ...drawnTraces({ preset: "small", kind: "cache", count: 200, seed: 1 }),
  ...drawnTraces({ preset: "windows", kind: "cache", count: 60, seed: 2 }),
  ...drawnTraces({ preset: "small", kind: "driver", count: 60, seed: 3 }),
  ...drawnTraces({
    preset: "small",
    kind: "cache",
    count: 80,
    seed: 4,
    family: "validate-on-hit",
  }),
];

/** Every command of the traces, and the one that is found for its event. */
function commandsAndFound(): { readonly drawn: readonly Seen[]; readonly found: readonly Seen[] } {
  const drawn: Seen[] = [];
  const found: Seen[] = [];
  for (const trace of traces) {
    for (const { step, view } of replay(trace)) {
      if (!("command" in step)) continue;
      const seen = (command: Command): Seen => ({
        name: command.name,
        event: eventOf(command),
        printed: printCommand(view, command),
      });
      drawn.push(seen(step.command));
      const command = commandOf(eventOf(step.command));
      if (command !== null) found.push(seen(command));
    }
  }
  return { drawn, found };
}

/** Events that no command stands before. */
const consequences: readonly Event[] = traces.flatMap(({ steps }) =>
  steps.flatMap((step, i): readonly Event[] => {
    const before = steps[i - 1];
    const isCaused = before !== undefined && "command" in before;
    return "event" in step && !isCaused ? [step.event] : [];
  }),
);

describe("the command of an event", () => {
  it("is the one that caused it: every command of the table causes the same and reads the same", () => {
    const { drawn, found } = commandsAndFound();
    expect(found).toEqual(drawn);
    const names = new Set(drawn.map(({ name }) => name));
    expect([...names].toSorted()).toEqual(commands.map(({ name }) => name).toSorted());
  });

  it("is null for what follows from other events, but for what an application could do as well", () => {
    const found = new Set(consequences.flatMap((event) => commandOf(event)?.name ?? []));
    const others = [
      "VirtualAlloc",
      "VirtualFree",
      "VirtualProtect",
      "notify",
      "connect",
      "WSPCloseSocket",
    ];
    expect([...found].toSorted()).toEqual([...others, "WSPCleanup", "exitProcess"].toSorted());
    expect(consequences.some(({ type }) => type === "return")).toBe(true);
  });
});
