// What every part of a policy's cache works with: its host, its tables, and its choices.

import type { Capabilities, Host } from "../../model/contract.ts";
import type { Chance } from "./chance.ts";
import type { Point } from "./choice-points.ts";
import type { Flaw } from "./flaws.ts";
import type { Profile } from "./profile.ts";
import type { Tables } from "./tables.ts";

/** Told of each choice: what a run made of the table of choice points. */
export type Witness = (point: Point | Flaw, taken: boolean) => void;

export interface Policy {
  readonly host: Host;
  readonly capabilities: Capabilities;
  readonly callback: boolean;
  readonly chance: Chance;
  tables: Tables;
  /** True: do what the choice point says. */
  choose(point: Point | Flaw): boolean;
}

export function policyOf(
  host: Host,
  { odds, capabilities, callback }: Profile,
  parts: { readonly chance: Chance; readonly tables: Tables; readonly witness: Witness },
): Policy {
  const { chance, tables, witness } = parts;
  return {
    host,
    capabilities,
    callback,
    chance,
    tables,
    choose(point): boolean {
      const taken = isTaken(odds[point] ?? 0, chance);
      witness(point, taken);
      return taken;
    },
  };
}

/** Certainty draws nothing. */
const isTaken = (odds: number, chance: Chance): boolean =>
  odds === 1 || (odds > 0 && chance.next() < odds);
