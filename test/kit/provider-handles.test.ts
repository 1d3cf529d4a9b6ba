import { describe, expect, it } from "vitest";
import example from "../../examples/whole-provider.ts";
import type { ProviderSubject, SanServiceProvider } from "../../model/contract.ts";
import type { BufferHandle, SocketId } from "../../model/units.ts";
import { run } from "../../src/kit/run.ts";

/** The next handle of a provider, by those that are live. */
type Numbers = (live: ReadonlyMap<number, unknown>) => number;

/** The example with other handles. `numbers` is told how many providers were made before. */
function numbering(numbers: (made: number) => Numbers): ProviderSubject {
  let made = 0;
  return {
    ...example,
    createProvider(host): SanServiceProvider {
      const provider = example.createProvider(host);
      const live = new Map<number, { readonly handle: BufferHandle; readonly socket: SocketId }>();
      const next = numbers(made++);
      const unknown = Number.MAX_SAFE_INTEGER as BufferHandle;
      const own = (handle: BufferHandle): BufferHandle => live.get(handle)?.handle ?? unknown;
      return {
        ...provider,
        register(request) {
          const outcome = provider.register(request);
          if (!outcome.ok) return outcome;
          const handle = next(live);
          live.set(handle, { handle: outcome.handle, socket: request.socket });
          return { ...outcome, handle: handle as BufferHandle };
        },
        deregister(request) {
          const outcome = provider.deregister({ ...request, handle: own(request.handle) });
          if (outcome.ok) live.delete(request.handle);
          return outcome;
        },
        transfer: (request) => provider.transfer({ ...request, handle: own(request.handle) }),
        closeSocket(socket): void {
          for (const [handle, each] of live) if (each.socket === socket) live.delete(handle);
          provider.closeSocket(socket);
        },
      };
    },
  };
}

const lowestFree: Numbers = (live) => {
  let handle = 1;
  while (live.has(handle)) handle++;
  return handle;
};
const countingFrom = (first: number): Numbers => {
  let next = first;
  return () => next++;
};

describe("handles of a whole provider", () => {
  it.each<readonly [string, (made: number) => Numbers]>([
    ["begin at another number in each provider", (made) => countingFrom(1000 * (made + 1))],
    ["are used again as soon as they are free", () => lowestFree],
    [
      "are used again in one run and not in the next",
      (made) => (made % 4 < 2 ? lowestFree : countingFrom(1)),
    ],
  ])("LAW-12: may differ from run to run: they %s", (_, numbers) => {
    const report = run(numbering(numbers), { seed: 1, runs: 60 });
    expect(report.problem).toBeNull();
    expect(report.counterexamples).toEqual([]);
  });
});
