// What a command costs as the world grows: executing and judging, from 16 to 100,000 pages, and from 10 to 100,000 idle
// entries of the registration cache. The commands are the same everywhere, on the first few pages; those that end
// connections, providers and processes are left out where entries are to stay. Nanoseconds a command, medians of one
// process, and the ratio to the smallest size.

import { sample } from "fast-check";
import { presets, type Claims, type WorldConfig } from "../model/config.ts";
import type { Event } from "../model/events.ts";
import { judge } from "../model/judge.ts";
import { brand } from "../model/units.ts";
import { programs, type Program } from "../properties/arbitraries.ts";
import { eventOf, isEnabled } from "../properties/commands.ts";
import { stage, type Stage } from "../properties/stage.ts";
import { countSituations, situations } from "../properties/witnesses.ts";
import { registrationCache } from "../src/cache/cache-subject.ts";
import { shell } from "../src/provider/shell.ts";
import { flatWorld, reusedFlatWorlds, type FlatWorld } from "../src/world/world.ts";
import { figure, median, milliseconds } from "./figures.ts";

const ROUNDS = 15;
const PROGRAMS = 20;
const PAGES = [16, 1_000, 10_000, 100_000];
const ENTRIES = [10, 1_000, 10_000, 100_000];
/** Where the entries are: behind the pages that programs are about. */
const FIRST_ENTRY_PAGE = 1_024;

const ENDS: ReadonlySet<string> = new Set([
  "WSPCloseSocket",
  "WSPCleanup",
  "handOver",
  "exitProcess",
  "killAtHostCall",
  "resetNic",
]);

const subject = registrationCache({ inUse: "defer" });
const claims: Claims = { ...subject.capabilities, callback: true };

const worldOf = (pageCount: number): WorldConfig => ({
  ...presets.wide,
  pageCount,
  frameCount: 2 * pageCount,
  nic: { regions: 2 * pageCount, pages: 4 * pageCount },
});

interface Growth {
  readonly size: number;
  readonly nanoseconds: number;
}

/** A world with a cache in it, on which one program is played after another. */
class Playground {
  readonly #world: FlatWorld;
  readonly #stage: Stage;

  constructor(config: WorldConfig) {
    this.#world = flatWorld(config, claims);
    const met = new Int32Array(situations.length);
    const { view } = this.#world;
    const provider = shell(subject, config.pageSizeBytes);
    this.#stage = stage(this.#world, { kind: "cache", provider, claims }, (event, answer) => {
      countSituations(view, event, answer, met);
      if (judge(view, event, answer).some((each) => each.fails))
        throw new Error("a rule is broken");
    });
    this.#stage.begin();
  }

  /** Idle entries of one page each. */
  fill(count: number): void {
    const { pageSizeBytes } = this.#world.view.config;
    const start = FIRST_ENTRY_PAGE * pageSizeBytes;
    this.#stage.play({
      type: "os",
      process: brand(0),
      operation: {
        name: "VirtualAlloc",
        address: brand(start),
        sizeBytes: count * pageSizeBytes,
        type: "reserve|commit",
        protection: "READWRITE",
        guard: false,
      },
    });
    for (let i = 0; i < count; i++) {
      const range = { start: brand<never>(start + i * pageSizeBytes), lengthBytes: pageSizeBytes };
      const socket = brand<never>(1 + (i % 4));
      const name = `entry_${i}`;
      const register: Event = {
        type: "wsp",
        function: { name: "WSPRegisterMemory", as: name, socket, range, flags: 3 },
      };
      this.#stage.play(register);
      this.#stage.play({
        type: "wsp",
        function: { name: "WSPDeregisterMemory", registration: name, socket },
      });
    }
  }

  /** Ends what a program left: transfers, registrations, memory. */
  tidy(): void {
    const { view } = this.#world;
    for (const { name: transfer } of view.transfers()) {
      this.#stage.play({ type: "transferComplete", transfer, stamp: 0 });
    }
    for (let live = view.liveRegistration(0); live; live = view.liveRegistration(0)) {
      const { name: registration, socket, scope } = live;
      const name = scope === "local" ? "WSPDeregisterMemory" : "WSPDeregisterRdmaMemory";
      this.#stage.play({ type: "wsp", function: { name, registration, socket } });
    }
    const { pageSizeBytes } = view.config;
    for (const { base, section } of view.vads(brand(0))) {
      if (base >= FIRST_ENTRY_PAGE) continue;
      const address = brand<never>(base * pageSizeBytes);
      this.#stage.play({
        type: "os",
        process: brand(0),
        operation:
          section === null
            ? { name: "VirtualFree", address, sizeBytes: 0, type: "release" }
            : { name: "UnmapViewOfFile", address },
      });
    }
  }

  /** Plays the program; answers how many commands were possible. */
  play(program: Program): number {
    let executed = 0;
    for (const command of program) {
      if (!isEnabled(this.#world.view, command)) continue;
      executed++;
      this.#stage.play(eventOf(command));
    }
    return executed;
  }
}

function draw(config: WorldConfig): Program[] {
  const makeWorld = reusedFlatWorlds();
  const arbitrary = programs({ config, claims, maxCommands: 60, makeWorld });
  return sample(arbitrary, { numRuns: ROUNDS * PROGRAMS, seed: 1 });
}

/** The programs with names of their own, so that one can be played behind the other. */
function renamed(drawn: readonly Program[]): Program[] {
  return drawn.map((program, i) => {
    const lasting = program.filter((each) => !ENDS.has(each.name));
    return JSON.parse(JSON.stringify(lasting).replaceAll(/"(mr|t)_/g, `"p${i}$1_`)) as Program;
  });
}

/** Nanoseconds a command: the median of rounds of so many programs each. */
function cost(playground: Playground, drawn: readonly Program[]): number {
  const rounds: number[] = [];
  for (let from = 0; from < drawn.length; from += PROGRAMS) {
    let executed = 0;
    let time = 0;
    for (const program of drawn.slice(from, from + PROGRAMS)) {
      time += milliseconds(() => {
        executed += playground.play(program);
      });
      playground.tidy();
    }
    rounds.push((time * 1e6) / executed);
  }
  return median(rounds);
}

export function run(json: boolean): void {
  const small = renamed(draw(worldOf(16)));
  // Warm: the first size is not slower for being the first.
  cost(new Playground(worldOf(16)), small);
  const pages = PAGES.map((size): Growth => ({
    size,
    nanoseconds: cost(new Playground(worldOf(size)), small),
  }));
  const entries = ENTRIES.map((size): Growth => {
    const playground = new Playground(worldOf(200_000));
    playground.fill(size);
    return { size, nanoseconds: cost(playground, small) };
  });
  if (json) {
    console.log(JSON.stringify({ pages, entries }));
    return;
  }
  print("pages", pages);
  print("idle entries", entries);
}

function print(what: string, growth: readonly Growth[]): void {
  const smallest = growth[0]?.nanoseconds ?? Number.NaN;
  console.log(`${what.padEnd(14)} ${"ns a command".padStart(13)} ${"ratio".padStart(7)}`);
  for (const { size, nanoseconds } of growth) {
    const ratio = (nanoseconds / smallest).toFixed(2);
    console.log(
      `${figure(size).padEnd(14)} ${figure(nanoseconds).padStart(13)} ${ratio.padStart(7)}`,
    );
  }
  console.log("");
}
