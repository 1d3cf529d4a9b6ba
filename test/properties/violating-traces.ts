// Traces that end in a violation: generated programs on caches that do not keep what they claim, and what the run that
// stopped there said.

import { sample } from "fast-check";
import byTheBook from "../../examples/by-the-book.ts";
import { presets, type PresetName } from "../../model/config.ts";
import type { Capabilities, Host, RegistrationCache, Subject } from "../../model/contract.ts";
import type { Finding } from "../../model/judge.ts";
import { TRACE_VERSION, type Trace } from "../../model/trace.ts";
import { referenceWorld } from "../../model/world.ts";
import { claimsOf, runProgram } from "../../properties/agreement.ts";
import { programs } from "../../properties/arbitraries.ts";
import { registrationCache } from "../../src/cache/cache-subject.ts";
import { players } from "../../src/kit/player.ts";
import { underTest } from "../../src/kit/subject.ts";

export interface ViolatingTrace {
  readonly trace: Trace;
  readonly violation: readonly Finding[];
  /** Recommendations that were not kept before. */
  readonly nonStrict: readonly Finding[];
}

const sound = registrationCache();
const claiming = (claims: Partial<Capabilities>): Subject => ({
  ...sound,
  capabilities: { ...sound.capabilities, ...claims },
});

/** The sound cache, behind a driver that does not what it is asked. */
const over = (change: (driver: Host["driver"]) => Partial<Host["driver"]>): Subject => ({
  ...sound,
  create: (host) => sound.create({ ...host, driver: { ...host.driver, ...change(host.driver) } }),
});

/** Drops what it could keep, and claims that it refuses what it defers. */
const forgetful: Subject = {
  ...registrationCache({ limits: { entries: 0 } }),
  capabilities: { ...sound.capabilities, inUse: "refuse" },
};

/** Each of them is wrong in another way. */
const subjects: readonly Subject[] = [
  byTheBook,
  claiming({ inUse: "refuse" }),
  claiming({ caches: { local: false, remote: true } }),
  claiming({ limits: { entries: 1, pages: null, pending: 0 } }),
  { ...sound, create: (host) => withoutCallback(sound.create(host)) },
  over(() => ({ unlock: () => ({ ok: true, value: undefined }) })),
  over((driver) => ({ unsecure: (handle) => (driver.unsecure(handle), driver.unsecure(handle)) })),
  over((driver) => ({
    secure: ({ start }, mode) => driver.secure({ start, lengthBytes: 1 }, mode),
  })),
  forgetful,
];

function withoutCallback(cache: RegistrationCache): RegistrationCache {
  return {
    register: (request) => cache.register(request),
    deregister: (request) => cache.deregister(request),
    closeSocket: (socket) => cache.closeSocket(socket),
    cleanup: () => cache.cleanup(),
  };
}

/** The violations among so many programs on each subject. */
export function violatingTraces(
  preset: PresetName,
  count: number,
  seed: number,
): readonly ViolatingTrace[] {
  return subjects.flatMap((subject) => {
    const config = presets[preset];
    const newPlayer = players(underTest(subject), config);
    const claims = claimsOf(newPlayer());
    const drawn = sample(programs({ config, claims, maxCommands: 30 }), { numRuns: count, seed });
    return drawn.flatMap((program): readonly ViolatingTrace[] => {
      const world = referenceWorld(config, claims);
      const settings = { world, player: newPlayer(), counts: () => true, strict: false };
      const { steps, violation, nonStrict } = runProgram(settings, program);
      if (violation === null) return [];
      const { name } = subject;
      const header = { stalemate: "trace", version: TRACE_VERSION, subject: name } as const;
      return [
        {
          trace: { header: { ...header, config, claims, seed, path: null }, steps },
          violation,
          nonStrict,
        },
      ];
    });
  });
}
