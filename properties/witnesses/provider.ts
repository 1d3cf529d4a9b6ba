// Situations of the rules that only a whole provider is judged by: whose handle it is, and how operations end.

import type { WorldConfig } from "../../model/config.ts";
import type { Scene, Situation } from "./scene.ts";

/** The registration that a call used on another socket than its own. */
function misused({ view, active }: Scene): ReturnType<Scene["view"]["registration"]> {
  const call = active?.call;
  if (call?.name !== "deregisterInvalid" && call?.name !== "transfer") return undefined;
  const live = view.registration(call.registration);
  return live?.socket === call.request.socket ? undefined : live;
}

const invalidDeregister = ({ active }: Scene): string | null =>
  active?.call.name === "deregisterInvalid" ? active.call.registration : null;

export const ofProviders: readonly Situation[] = [
  {
    rule: "SPI-1",
    name: "a register without room for the descriptor",
    forProvider: true,
    required: (_claims, { environment }) => environment.remote,
    on: "return",
    call: "registerInvalid",
    holds: () => true,
  },
  {
    rule: "ACCESS-1",
    name: "a transfer from another process through the buffer's handle",
    forProvider: true,
    on: "return",
    call: "transfer",
    holds(scene) {
      const live = misused(scene);
      return (
        live !== undefined && scene.view.instance(live.instance).process !== scene.instance?.process
      );
    },
  },
  {
    rule: "SPI-2",
    name: "a deregister on another socket",
    forProvider: true,
    on: "return",
    call: "deregisterInvalid",
    holds: (scene) => misused(scene) !== undefined,
  },
  {
    rule: "SPI-2",
    name: "a transfer on another socket",
    forProvider: true,
    on: "return",
    call: "transfer",
    holds: (scene) => misused(scene) !== undefined,
  },
  {
    rule: "SPI-3",
    name: "a deregister of an unknown handle",
    forProvider: true,
    on: "return",
    call: "deregisterInvalid",
    holds(scene) {
      const name = invalidDeregister(scene);
      return name !== null && scene.view.registration(name) === undefined;
    },
  },
  {
    rule: "SPI-3",
    name: "a deregister of a handle that a transfer is using",
    forProvider: true,
    on: "return",
    call: "deregisterInvalid",
    holds(scene) {
      const name = invalidDeregister(scene);
      return name !== null && misused(scene) === undefined && scene.view.isInTransfer(name);
    },
  },
  {
    rule: "SPI-7",
    name: "a close with operations pending",
    forProvider: true,
    on: "close",
    holds: ({ view, event }) =>
      event.type === "close" && view.belongings(event.socket).transfers.length > 0,
  },
];

/** Why no program of a world leads to what the rule is about; null if some do. */
export function whyOutOfReach(rule: string, config: WorldConfig): string | null {
  const { processes, socketsPerInstance, providersPerProcess, preset } = config;
  if (rule === "ACCESS-1" && processes === 1) return `the preset ${preset} has one process`;
  const sockets = processes * providersPerProcess * socketsPerInstance;
  return rule === "SPI-2" && sockets === 1 ? `the preset ${preset} has one socket` : null;
}
