// How a whole provider that nobody would write deals with operations: it posts, cancels and completes them, mostly when
// it should.

import type { CacheCall, CallOutcome, HostAnswer, HostCall } from "../../model/events.ts";
import { brand, type AddressRange } from "../../model/units.ts";
import type { Chance } from "./chance.ts";

/** What the providers of all instances know: each tries what is another's too. */
export interface Operations {
  /** Every one that was ever asked for. */
  readonly names: string[];
  /** What was answered with each handle, the last time. */
  readonly regions: Map<number, number>;
  range: AddressRange;
}

export const noOperations = (): Operations => ({
  names: [],
  regions: new Map(),
  range: { start: brand(0), lengthBytes: 1 },
});

export class WildOperator {
  readonly #host: (call: HostCall) => HostAnswer;
  readonly #known: Operations;

  constructor(host: (call: HostCall) => HostAnswer, known: Operations) {
    this.#host = host;
    this.#known = known;
  }

  /** What it does about operations in a call; `region` is one that it knows. */
  operate(chance: Chance, call: CacheCall, region: number): void {
    const { names } = this.#known;
    if (call.name === "transfer") {
      const { operation, handle, range } = call.request;
      names.push(operation);
      this.#known.range = range;
      const own = this.#known.regions.get(handle) ?? region;
      if (!chance.isOnceIn(6)) this.#post(operation, chance.isOnceIn(6) ? region : own);
    }
    if (call.name === "transferDone" && !chance.isOnceIn(6)) this.#complete(chance, call.operation);
    if (call.name === "closeSocket") {
      for (const operation of names.slice(-6)) {
        if (chance.isOnceIn(3)) continue;
        this.#host({ name: "cancel", operation });
        if (!chance.isOnceIn(3)) this.#complete(chance, operation);
      }
    }
    if (chance.isOnceIn(4)) this.#anything(chance, region);
  }

  answered(outcome: CallOutcome): void {
    if (outcome?.ok !== true || !("region" in outcome)) return;
    this.#known.regions.set(outcome.handle, outcome.region);
  }

  #post(operation: string, region: number): void {
    const { range } = this.#known;
    this.#host({ name: "post", operation, region: brand(region), range });
  }

  #complete(chance: Chance, operation: string): void {
    const error = chance.isOnceIn(2) ? null : "WSA_OPERATION_ABORTED";
    this.#host({ name: "complete", operation, error });
  }

  #anything(chance: Chance, region: number): void {
    const { names, regions } = this.#known;
    const operation = chance.oneOf([...names.slice(-3), "t_none"]);
    switch (chance.below(4)) {
      case 0:
        return this.#complete(chance, operation);
      case 1:
        return void this.#host({ name: "cancel", operation });
      default:
        return this.#post(operation, chance.oneOf([region, ...[...regions.values()].slice(-3)]));
    }
  }
}
