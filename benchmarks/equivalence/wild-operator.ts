// How a whole provider that nobody would write deals with operations: it posts, cancels and completes them, mostly when
// it should.

import type { CacheCall, HostAnswer, HostCall } from "../../model/events.ts";
import { brand } from "../../model/units.ts";
import type { Chance } from "./chance.ts";

export class WildOperator {
  readonly #host: (call: HostCall) => HostAnswer;
  /** Every operation that it ever heard of. */
  readonly #operations: string[] = [];

  constructor(host: (call: HostCall) => HostAnswer) {
    this.#host = host;
  }

  /** What it does about operations in a call; `region` is one that it knows. */
  operate(chance: Chance, call: CacheCall, region: () => number): void {
    if (call.name === "transfer") {
      const { operation, range } = call.request;
      this.#operations.push(operation);
      if (!chance.isOnceIn(6)) {
        this.#host({ name: "post", operation, region: brand(region()), range });
      }
    }
    if (call.name === "transferDone" && !chance.isOnceIn(6)) this.#complete(chance, call.operation);
    if (call.name === "closeSocket") {
      for (const operation of this.#operations) {
        if (chance.isOnceIn(6)) continue;
        this.#host({ name: "cancel", operation });
        this.#complete(chance, operation);
      }
    }
    if (chance.isOnceIn(6)) this.#anything(chance, region());
  }

  #complete(chance: Chance, operation: string): void {
    const error = chance.isOnceIn(2) ? null : "WSA_OPERATION_ABORTED";
    this.#host({ name: "complete", operation, error });
  }

  #anything(chance: Chance, region: number): void {
    const operation = chance.oneOf([...this.#operations.slice(-3), "t_none"]);
    switch (chance.below(3)) {
      case 0:
        return this.#complete(chance, operation);
      case 1:
        return void this.#host({ name: "cancel", operation });
      default:
        return void this.#host({
          name: "post",
          operation,
          region: brand(region),
          range: { start: brand(0), lengthBytes: 1 },
        });
    }
  }
}
