// Subjects that are right but for one member, and what the checker says of them.

import type {
  Host,
  Kernel,
  ProxyDriver,
  RegistrationCache,
  Subject,
} from "../../model/contract.ts";
import { presets } from "../../model/config.ts";
import type { Command } from "../../model/trace.ts";
import { referenceWorld } from "../../model/world.ts";
import exact from "../../examples/exact-match.ts";
import driver from "../../examples/proxy-driver.ts";
import { runProgram, type RunResult } from "../../properties/agreement.ts";
import { wordsFor, type Words } from "../../properties/cases/words.ts";
import type { Report } from "../../src/kit/report.ts";
import { run } from "../../src/kit/run.ts";
import { shell } from "../../src/provider/shell.ts";

type Members<T> = { readonly [Name in keyof T]?: unknown };

/** The exact-match cache with some members replaced. */
export function cacheWith(
  members: (host: Host, right: RegistrationCache) => Members<RegistrationCache>,
): Subject {
  return {
    ...exact,
    create(host): RegistrationCache {
      const right = exact.create(host);
      return { ...right, ...members(host, right) } as RegistrationCache;
    },
  };
}

/** What is said of a proxy driver that is right but for some members. */
export function reportOfDriver(
  members: (kernel: Kernel, right: ProxyDriver) => Members<ProxyDriver>,
): Report {
  return run(
    {
      name: "driver",
      createDriver(kernel): ProxyDriver {
        const right = driver.createDriver(kernel);
        return { ...right, ...members(kernel, right) } as ProxyDriver;
      },
    },
    literal,
  );
}

/** The literal programs only: they reach whatever a border is crossed for. */
export const literal = { seed: 1, runs: 0 } as const;

export const reportOf = (subject: Subject): Report => run(subject, literal);

export const w: Words = wordsFor(presets.small);

/** One program, on a cache behind the shell. */
export function play(subject: Subject, ...program: Command[]): RunResult {
  const claims = { ...subject.capabilities, callback: true };
  return runProgram(
    {
      world: referenceWorld(presets.small, claims),
      player: {
        kind: "cache",
        provider: shell(subject, presets.small.pageSizeBytes),
        claims,
      },
      counts: () => true,
      strict: false,
    },
    program,
  );
}

/** As a subject does that catches everything. */
export function swallow(body: () => unknown): void {
  try {
    body();
  } catch {
    // It goes on as if nothing had happened.
  }
}
