// Worlds that break the operating system's half of the bargain on purpose. Each is the reference world with one
// event performed wrongly; a shipped cache and a short program lead there.

import { presets } from "../../model/config.ts";
import type { Applied, Event, EventOf } from "../../model/events.ts";
import type { Exposure } from "../../model/nic.ts";
import type { State } from "../../model/state.ts";
import type { Command } from "../../model/trace.ts";
import type { ReferenceWorld } from "../../model/world.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import type { WorldMutant } from "../mutant.ts";

/** Performs the event in a state that was doctored for it, and doctors what comes of it. */
function during(
  world: ReferenceWorld,
  event: Event,
  before: (state: State) => State,
  after: (state: State, was: State) => State,
): Applied {
  const was = world.state();
  world.reset(before(was));
  const applied = world.apply(event);
  world.reset(after(world.state(), was));
  return applied;
}

const withSecures = (state: State, secures: State["memory"]["secures"]): State => ({
  ...state,
  memory: { ...state.memory, secures },
});

const withoutSecures = (state: State): State => withSecures(state, []);
const secureAgain = (state: State, was: State): State => withSecures(state, was.memory.secures);

/** The memory manager does not see what is secured. */
function forgetsSecures(world: ReferenceWorld, event: Event): Applied {
  return event.type === "os"
    ? during(world, event, withoutSecures, secureAgain)
    : world.apply(event);
}

/** The memory manager takes every secure for one that keeps the range readable. */
function forgetsModes(world: ReferenceWorld, event: Event): Applied {
  if (event.type !== "os") return world.apply(event);
  const readonly = (state: State): State =>
    withSecures(
      state,
      state.memory.secures.map((each) => ({ ...each, mode: "readonly" as const })),
    );
  return during(world, event, readonly, secureAgain);
}

/** The memory manager does not see what is locked. */
function forgetsLocks(world: ReferenceWorld, event: Event): Applied {
  if (event.type !== "os") return world.apply(event);
  const withCounts = (state: State, count: (pfn: number) => number): State => {
    const { physical } = state.memory;
    const frames = physical.frames.map(
      (frame, pfn) => frame && { ...frame, lockCount: count(pfn) },
    );
    return { ...state, memory: { ...state.memory, physical: { ...physical, frames } } };
  };
  return during(
    world,
    event,
    (state) => withCounts(state, () => 0),
    (state, was) => withCounts(state, (pfn) => was.memory.physical.frames[pfn]?.lockCount ?? 0),
  );
}

type Callback = EventOf<"call">;

/** What follows from a refused operation, in another order or not at all. */
function after(
  rearrange: (callbacks: readonly Callback[], retry: Event) => readonly Event[],
): WorldMutant["apply"] {
  return (world, event) => {
    const applied = world.apply(event);
    const callbacks = applied.then.filter((each) => each.type === "call");
    const retry = applied.then.find((each) => each.type === "retry");
    return retry === undefined ? applied : { ...applied, then: rearrange(callbacks, retry) };
  };
}

/** The switch tries again though no provider released anything, and the memory manager lets it. */
function retriesAnyway(world: ReferenceWorld, event: Event): Applied {
  if (event.type !== "retry") return world.apply(event);
  return during(
    world,
    event,
    (state) => ({
      ...withoutSecures(state),
      attempts: state.attempts.map((each) => ({
        ...each,
        answers: each.answers.map((answer) => ({ ...answer, outcome: { ok: true } })),
      })),
    }),
    (state, was) => ({ ...secureAgain(state, was), lastAttempt: was.attempts.at(-1) ?? null }),
  );
}

/** Nobody tells the proxy drivers that a process ends. */
function endsUntold(world: ReferenceWorld, event: Event): Applied {
  if (event.type !== "exit") return world.apply(event);
  return during(
    world,
    event,
    (state) => ({ ...state, drivers: state.drivers.map(() => ({ locks: [], secures: [] })) }),
    (state) => state,
  );
}

/** What a process has secured stays secured when it is gone. */
function outlivesProcess(world: ReferenceWorld, event: Event): Applied {
  if (event.type !== "exit" && event.type !== "exited") return world.apply(event);
  return during(world, event, (state) => state, secureAgain);
}

/** The NIC gives the least key that exposes nothing, and lets in every peer that it ever gave a key to. */
function revivesKeys(world: ReferenceWorld, event: Event): Applied {
  if (event.type === "host" && event.call.name === "expose") {
    return during(world, event, withLeastKeys, (state) => state);
  }
  if (event.type !== "peerAccess") return world.apply(event);
  const { socket, descriptor } = event;
  const key = world
    .state()
    .descriptors.find((each) => each.registration === descriptor && each.socket === socket)?.key;
  return during(
    world,
    event,
    (state) => withExposures(state, (each) => (each.key === key ? { ...each, socket } : each)),
    (state, was) => withExposures(state, (each, nic, i) => was.nics[nic]?.exposures[i] ?? each),
  );
}

const withLeastKeys = (state: State): State => ({
  ...state,
  nics: state.nics.map((card) => ({ ...card, nextKey: leastKey(card.exposures) })),
});

function leastKey(exposures: readonly Exposure[]): number {
  let key = 1;
  while (exposures.some((each) => each.key === key)) key++;
  return key;
}

const withExposures = (
  state: State,
  change: (exposure: Exposure, nic: number, i: number) => Exposure,
): State => ({
  ...state,
  nics: state.nics.map((card, nic) => ({
    ...card,
    exposures: card.exposures.map((each, i) => change(each, nic, i)),
  })),
});

const small = wordsFor(presets.small);
const windows = wordsFor(presets.windows);

const trim: Command = {
  name: "trim",
  args: {
    process: 0,
    operation: { name: "trim", page: small.address(0) / presets.small.pageSizeBytes },
  },
};

const idle = [small.alloc(0, 4), small.register("mr_1", 0, 2), small.deregister("mr_1")];
/** Sockets 1 and 3 are of the two providers of process 0. */
const idleInBoth = [
  windows.alloc(0, 4),
  windows.register("mr_1", 0, 2),
  windows.register("mr_2", 1, 3, "readwrite", 3),
  windows.deregister("mr_1"),
  windows.deregister("mr_2", 3),
];

const onSmall = { preset: "small", base: "examples/exact-match.ts" } as const;
const onWindows = {
  rule: "MM-2",
  preset: "windows",
  base: "examples/exact-match.ts",
  program: [...idleInBoth, windows.free(0)],
} as const;

export const worldMutants: readonly WorldMutant[] = [
  {
    ...onSmall,
    id: "frees-secured",
    rule: "MM-1",
    change: "frees a range that is secured",
    program: [...idle, small.free(0)],
    apply: forgetsSecures,
    observed: "was",
  },
  {
    ...onSmall,
    id: "decommits-secured",
    rule: "MM-1",
    change: "decommits a page that is secured",
    program: [...idle, small.decommit(1, 2)],
    apply: forgetsSecures,
    observed: "was",
  },
  {
    ...onSmall,
    id: "restricts-secured",
    rule: "MM-1",
    change: "forbids writing to a page that is secured for writing",
    program: [...idle, small.protect(0, 1, "READONLY")],
    apply: forgetsModes,
    observed: "was",
  },
  {
    ...onWindows,
    id: "first-provider-only",
    bug: { row: 49, from: "a mistake of our own" },
    change: "calls the first of two providers only",
    apply: after((callbacks, retry) => [...callbacks.slice(0, 1), retry]),
    observed: "called: 0",
  },
  {
    ...onWindows,
    id: "asks-nobody",
    change: "tries again without a callback",
    apply: after((_callbacks, retry) => [retry]),
    observed: "called: none",
  },
  {
    ...onWindows,
    id: "asks-afterwards",
    change: "changes the mapping before the callbacks",
    apply: after((callbacks, retry) => [retry, ...callbacks]),
    observed: "called: none",
  },
  {
    ...onWindows,
    id: "asks-backwards",
    change: "calls the providers in the wrong order",
    apply: after((callbacks, retry) => [...callbacks.toReversed(), retry]),
    observed: "called: 1, 0",
  },
  {
    ...onSmall,
    id: "retries-anyway",
    rule: "MM-2",
    change: "frees a range after every provider answered that it could not release it",
    program: [...idle, small.fail("nicDeregister"), small.free(0)],
    apply: retriesAnyway,
    observed: "the operation was retried",
  },
  {
    id: "frees-locked",
    rule: "MM-3",
    change: "gives a locked frame back when its page is freed",
    preset: "small",
    base: "examples/uncached.ts",
    program: [small.alloc(0, 2), small.register("mr_1", 0, 1), small.free(0)],
    apply: forgetsLocks,
    observed: "did not",
  },
  {
    id: "trims-locked",
    rule: "MM-3",
    change: "takes a locked frame away from its page",
    preset: "small",
    base: "examples/uncached.ts",
    program: [small.alloc(0, 2), small.register("mr_1", 0, 1), trim],
    apply: forgetsLocks,
    observed: "did not",
  },
  {
    ...onSmall,
    id: "ends-untold",
    rule: "MM-4",
    change: "lets a process end with its pages locked",
    program: [...idle, small.exit()],
    apply: endsUntold,
    observed: "lock 1",
  },
  {
    ...onSmall,
    id: "secured-by-the-dead",
    rule: "MM-4",
    change: "keeps a range secured when its process is gone",
    program: [...idle, small.exit()],
    apply: outlivesProcess,
    observed: "secure 1",
  },
  {
    ...onSmall,
    id: "revives-keys",
    bug: { row: 23, from: "libfabric, issue 8081" },
    rule: "REMOTE-1",
    change: "gives a key out again that another peer still knows, and lets that one in",
    program: [
      small.alloc(0, 2),
      small.registerRdma("mr_1", 0, 1),
      small.deregisterRdma("mr_1"),
      small.decommit(0, 1),
      small.registerRdma("mr_2", 1, 2, "readwrite", 2),
      small.peer("mr_1"),
    ],
    apply: revivesKeys,
    observed: "the peer of s_1 reached it with the descriptor of mr_1",
  },
];
