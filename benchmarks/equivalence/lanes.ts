// What two worlds are compared on: every preset with every subject that leads somewhere else, on Windows and in every
// other notification family. Comparing goes through the lanes in turn.

import { presets, type Claims, type PresetName, type WorldConfig } from "../../model/config.ts";
import type { AnySubject, MappingChange } from "../../model/contract.ts";
import { families, isBeyondWindows } from "../../model/families.ts";
import byTheBook from "../../examples/by-the-book.ts";
import exactMatch from "../../examples/exact-match.ts";
import driver from "../../examples/proxy-driver.ts";
import uncached from "../../examples/uncached.ts";
import wholeProvider from "../../examples/whole-provider.ts";
import { claimsOf, configFor } from "../../properties/agreement.ts";
import { exemplaryDriver } from "../../properties/exemplary-driver.ts";
import type { Player } from "../../properties/stage.ts";
import { registrationCache } from "../../src/cache/cache-subject.ts";
import { players } from "../../src/kit/player.ts";
import { underTest } from "../../src/kit/subject.ts";
import { wildDriver, wildProvider } from "./wild.ts";

export interface Lane {
  readonly preset: PresetName;
  readonly subject: string;
  readonly config: WorldConfig;
  readonly claims: Claims | null;
  readonly player: () => Player;
  /** The most commands of a program. */
  readonly maxCommands: number;
  /** The whole state is compared after every so many commands. */
  readonly wholeEvery: number;
  /** The subject breaks the rules, and is not stopped. */
  readonly goOn: boolean;
}

type PlayerMaker = (config: WorldConfig) => () => Player;

const played = (subject: AnySubject): PlayerMaker => {
  const tested = underTest(subject);
  return (config) => players(tested, config);
};

const wildClaims: Claims = {
  caches: { local: true, remote: true },
  hit: "containment",
  inUse: "refuse",
  limits: { entries: 2, pages: 6, pending: 1 },
  notification: "refuse-notify-retry",
  coverage: ["copy-on-write"],
  callback: true,
};

const WILD = "wild";

const wildCache =
  (claims: Claims): PlayerMaker =>
  (config) =>
  () => {
    const habits = {
      listens: isBeyondWindows(claims.notification),
      operates: claims.whole === true,
    };
    return { kind: "cache", provider: wildProvider(config.pageSizeBytes, habits), claims };
  };

const windowsSubjects: Readonly<Record<string, PlayerMaker>> = {
  "exact-match": played(exactMatch),
  uncached: played(uncached),
  "by-the-book": played(byTheBook),
  "registration-cache, defer": played(registrationCache({ inUse: "defer" })),
  "registration-cache, refuse": played(
    registrationCache({ inUse: "refuse", limits: { entries: 4, pages: 12, pending: 1 } }),
  ),
  "proxy-driver": played(driver),
  "exemplary driver": () => () => ({ kind: "driver", driver: exemplaryDriver() }),
  [`${WILD} cache`]: wildCache(wildClaims),
  [`${WILD} driver`]: (config) => () => ({
    kind: "driver",
    driver: wildDriver(config.processes),
  }),
};

/** Some that every family sees, some that only some see, and not all. */
const declared: readonly MappingChange[] = [
  "unmap",
  "move-target",
  "discard",
  "file-hole",
  "copy-on-write",
];

/** In every other family, a cache that claims what the family sees, and one that claims something else. */
const familySubjects: Readonly<Record<string, PlayerMaker>> = Object.fromEntries(
  (Object.keys(families) as (keyof typeof families)[]).filter(isBeyondWindows).flatMap((family) => {
    const { coverage: _, ...claims } = { ...wildClaims, notification: family };
    const other = { ...claims, coverage: declared, limits: { ...claims.limits, pending: 0 } };
    return [
      [`${WILD} cache, ${family}`, wildCache(claims)],
      [`${WILD} cache, ${family}, declared`, wildCache(other)],
    ];
  }),
);

const lengths: Readonly<Record<PresetName, number>> = {
  micro: 60,
  tiny: 60,
  small: 100,
  windows: 200,
  // The state is large only after many commands.
  wide: 1000,
};

/** The example of a whole provider, and one that nobody would write. */
const providerSubjects: Readonly<Record<string, PlayerMaker>> = {
  "whole-provider": played(wholeProvider),
  [`${WILD} provider`]: wildCache({ ...wildClaims, whole: true }),
};

/** Every preset, or one, with every subject. */
export const lanesOf = (only: PresetName | null): readonly Lane[] => [
  ...windowsLanes(only),
  ...providerLanes(only),
  ...familyLanes(only),
];

/** Those where memory is secured. */
export const windowsLanes = (only: PresetName | null): readonly Lane[] =>
  lanesWith(windowsSubjects, only);

/** Those where whole providers stand in the provider's place. */
export const providerLanes = (only: PresetName | null): readonly Lane[] =>
  lanesWith(providerSubjects, only);

/** Those where it is watched. */
export const familyLanes = (only: PresetName | null): readonly Lane[] =>
  lanesWith(familySubjects, only);

type Subjects = Readonly<Record<string, PlayerMaker>>;

function lanesWith(subjects: Subjects, only: PresetName | null): Lane[] {
  const names = Object.keys(lengths) as PresetName[];
  return names.flatMap((preset) =>
    only === null || preset === only ? lanesIn(preset, subjects) : [],
  );
}

function lanesIn(preset: PresetName, subjects: Subjects): Lane[] {
  return Object.entries(subjects).map(([subject, make]) => {
    const first = make(presets[preset])();
    const config = configFor(presets[preset], first);
    const goOn = subject.startsWith(WILD);
    return {
      preset,
      subject,
      config,
      claims: claimsOf(first),
      player: make(config),
      // What nobody cleans up becomes much, and the reference looks through all of it.
      maxCommands: goOn ? Math.min(200, lengths[preset]) : lengths[preset],
      wholeEvery: preset === "wide" ? 1000 : 1,
      goOn,
    };
  });
}
