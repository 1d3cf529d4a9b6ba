// What a whole provider may do at a deregister that it has to refuse, each legal move beside one that looks like it.

import { describe, expect, it } from "vitest";
import uncached from "../../examples/uncached.ts";
import example from "../../examples/whole-provider.ts";
import ucxQueued from "../../gallery/subjects/ucx-queued.ts";
import type {
  DeregisterRequest,
  Outcome,
  ProviderHost,
  ProviderSubject,
  SanServiceProvider,
  Subject,
} from "../../model/contract.ts";
import type { Command } from "../../model/trace.ts";
import { w } from "../provider/subjects.ts";
import { convictions, providerWith } from "./convicted-providers.ts";

const registered = [w.alloc(0, 2), w.register("mr_1", 0, 1)];
const refused: Outcome = { ok: false, error: "WSAEINVAL" };

describe("a refused deregister", () => {
  const looking = (
    host: ProviderHost,
    before: (request: DeregisterRequest) => void,
  ): Partial<SanServiceProvider> => {
    const right = example.createProvider(host);
    return {
      ...right,
      deregister(request) {
        const outcome = right.deregister(request);
        if (!outcome.ok) before(request);
        return outcome;
      },
    };
  };
  const program = [...registered, w.deregister("mr_1", 2)];

  it("SPI-3: changes nothing", () => {
    const locks = providerWith((host) =>
      looking(host, () => {
        const locked = host.driver.lock(w.range(0, 1), "read");
        if (locked.ok) host.driver.unlock(locked.value);
      }),
    );
    expect(convictions(locks, ...program)).toEqual(["SPI-3: it did lock"]);
  });

  it("SPI-3: may look", () => {
    const asks = providerWith((host) => looking(host, () => host.driver.frames(1 as never)));
    expect(convictions(asks, ...program)).toEqual([]);
  });

  const unknown = w.deregister("mr_0");
  const cached = [...registered, w.deregister("mr_1")];

  it("SPI-3: may try again a release that failed before", () => {
    const owed = [...registered, w.fail("nicDeregister"), w.deregister("mr_1")];
    expect(convictions(withoutTransfers(uncached), ...owed, unknown)).toEqual([]);
  });

  it("SPI-3: releases nothing that is cached, whatever else is owed", () => {
    const empties = providerWith((_host, right) => ({
      deregister(request) {
        const outcome = right.deregister(request);
        if (!outcome.ok) right.invalidate?.(w.range(0, 2));
        return outcome;
      },
    }));
    const owed = [w.fail("nicDeregister"), w.notify(0, 1)];
    const other = [w.register("mr_2", 1, 2), w.deregister("mr_2")];
    const said = ["SPI-3: it did nicDeregister"];
    expect(convictions(empties, ...cached, ...owed, unknown)).toEqual([]);
    expect(convictions(empties, ...cached, unknown)).toEqual(said);
    expect(convictions(empties, ...cached, ...other, ...owed, unknown)).toEqual(said);
    const half = (name: string, from: number): Command[] => [
      w.fail("nicDeregister"),
      w.register(name, from, from + 0.5),
      w.fail("nicDeregister"),
      w.deregister(name),
    ];
    const first = [w.alloc(0, 2), w.register("mr_1", 0, 0.5), w.deregister("mr_1")];
    const beside = [...first, ...owed, ...half("mr_2", 0.5)];
    expect(convictions(empties, ...beside, unknown)).toEqual(said);
  });

  it("SPI-3: may release what it was told of, where changes are queued, and lock nothing", () => {
    const changed = [...cached, w.free(0), unknown, unknown];
    expect(convictions(withoutTransfers(ucxQueued), ...changed)).toEqual([]);
    const locks = withoutTransfers({
      ...ucxQueued,
      create(host) {
        const right = ucxQueued.create(host);
        return {
          ...right,
          deregister(request) {
            const outcome = right.deregister(request);
            const locked = host.driver.lock(w.range(1, 2), "read");
            if (locked.ok) host.driver.unlock(locked.value);
            return outcome;
          },
        };
      },
    });
    expect(convictions(locks, ...cached, unknown)).toEqual(["SPI-3: it did lock"]);
  });
});

/** A cache as a provider, for programs in which nothing is transferred. */
function withoutTransfers({ name, capabilities, create }: Subject): ProviderSubject {
  return {
    name,
    capabilities,
    createProvider: (host) => ({
      ...create(host),
      transfer: () => refused,
      transferDone: () => {},
    }),
  };
}
