// A state is judged where an event touched it. That is enough if judging all of it finds nothing that was not found
// at that event or at an earlier one, whatever a cache does: also a wrong one, which goes on after it was caught.

import { sample } from "fast-check";
import { describe, expect, it } from "vitest";
import { loadMutant, loadSubject } from "../../gallery/loading.ts";
import type { Edit, TextMutant } from "../../gallery/mutant.ts";
import { cacheMutants } from "../../gallery/mutants.ts";
import { legalVariants } from "../../gallery/variants.ts";
import { presets, type Claims, type PresetName, type WorldConfig } from "../../model/config.ts";
import type { AnySubject } from "../../model/contract.ts";
import { findingsOf, type Finding } from "../../model/judge.ts";
import type { Command } from "../../model/trace.ts";
import { referenceWorld } from "../../model/world.ts";
import { claimsOf, configFor, runProgram } from "../../properties/agreement.ts";
import { programs } from "../../properties/arbitraries.ts";
import { casesOf } from "../../properties/cases.ts";
import { players } from "../../src/kit/player.ts";
import { underTest } from "../../src/kit/subject.ts";
const textOf = ({ rule, expected, observed }: Finding): string =>
  `${rule}: ${expected}; observed: ${observed}`;

/** The literal programs for the subject, and generated ones. */
function programsFor(config: WorldConfig, claims: Claims | null): readonly (readonly Command[])[] {
  const literal = casesOf(claims?.whole === true ? "provider" : "cache", config);
  const generated = sample(programs({ config, claims, maxCommands: 60 }), { numRuns: 12, seed: 3 });
  return [...literal.map((each) => each.program), ...generated];
}

/** Everything that judging everything found, and what of it judging the touched pages had not found by then. */
function judgedTwice(
  subject: AnySubject,
  preset: PresetName,
): { readonly found: ReadonlySet<string>; readonly missed: readonly string[] } {
  const player = players(underTest(subject), presets[preset]);
  const config = configFor(presets[preset], player());
  const claims = claimsOf(player());
  const found = new Set<string>();
  const missed: string[] = [];
  for (const program of programsFor(config, claims)) {
    const settings = { world: referenceWorld(config, claims), player: player() };
    const { steps } = runProgram({ ...settings, counts: () => false, strict: false }, program);
    const { view, apply } = referenceWorld(config, claims);
    const before = new Set<string>();
    for (const step of steps) {
      if ("command" in step) continue;
      const { answer } = apply(step.event);
      const touched = findingsOf(view, step.event, answer, "touched");
      for (const finding of touched) before.add(textOf(finding));
      for (const finding of findingsOf(view, step.event, answer, "everything")) {
        found.add(textOf(finding));
        if (!before.has(textOf(finding))) missed.push(textOf(finding));
      }
    }
  }
  return { found, missed };
}

const rows: readonly Pick<TextMutant, "id" | "edits">[] = [...cacheMutants, ...legalVariants];
const editsOf = (id: string): readonly Edit[] => rows.find((each) => each.id === id)?.edits ?? [];

interface Wrong {
  readonly id: string;
  /** What is broken by a state that it leaves behind, and what the judge then observes. */
  readonly leaves: string;
  readonly edits: readonly Edit[];
  readonly base?: string;
}

const wrong: readonly Wrong[] = [
  {
    // A deregister of part of a buffer is what leaves all of it idle.
    id: "finds-larger-ones-and-secures-one-page",
    leaves: "OWN-1: what is secured for",
    edits: [...editsOf("finds-larger-ones"), ...editsOf("secures-one-page")],
  },
  {
    // So is a deregister of one buffer, if what it names is the region of another.
    id: "names-the-first-region-and-secures-one-page",
    leaves: "OWN-1: what is secured for",
    edits: [
      ["region: entry.region,", "region: (findable[0] ?? entry).region,"],
      ...editsOf("secures-one-page"),
    ],
  },
  {
    id: "unlocks-under-the-region",
    leaves: "LAW-5: a lock is released after the regions on it",
    edits: [["if (!nic.deregister(entry.region).ok) {", "if (entry.uses < 0) {"]],
  },
  {
    id: "releases-later-than-it-may",
    leaves: "LAW-7: at most 0 invalidated entries",
    edits: editsOf("releases-later").slice(0, 1),
  },
  ...[
    ["secured-only-while-locking", "LOCAL-2: every page of the cached buffer"],
    ["remote-unsecured", "REMOTE-2: every page of the cached buffer"],
    ["secures-one-page", "OWN-1: what is secured for"],
    ["keeps-lock-at-callback", "LOCAL-2: every page of the cached buffer"],
    ["exposes-to-the-first-socket", "ACCESS-2: pages are exposed to the socket"],
    ["exposes-to-a-closed-socket", "ACCESS-3: nothing is reachable"],
    ["stays-exposed", "REMOTE-1: the peer of s_"],
    ["exposes-all-rights", "LAW-13: an exposure grants no more"],
    ["one-too-many", "LAW-7: at most 4 idle entries"],
    ["local-misses", "LAW-8: one idle entry for one range and right"],
  ].map(([id = "", leaves = ""]) => ({ id, leaves, edits: editsOf(id) })),
  {
    id: "released-late",
    leaves: "SPI-6: a cache without a callback",
    edits: editsOf("released-late"),
    base: "examples/uncached.ts",
  },
];

describe("judging what an event touched", () => {
  for (const base of ["exact-match", "uncached", "by-the-book", "whole-provider"] as const) {
    it(`misses nothing that ${base} does`, async () => {
      for (const preset of ["tiny", "small", "windows"] as const) {
        expect(judgedTwice(await loadSubject(`examples/${base}.ts`), preset).missed).toEqual([]);
      }
    });
  }

  for (const { id, leaves, edits, base = "examples/exact-match.ts" } of wrong) {
    it(`misses nothing of what a wrong cache leaves behind: ${id}`, async () => {
      const subject = await loadMutant({ id, base, edits });
      let found: readonly string[] = [];
      for (const preset of ["tiny", "small"] as const) {
        const judged = judgedTwice(subject, preset);
        expect(judged.missed).toEqual([]);
        found = [...found, ...judged.found];
      }
      expect(found.filter((each) => each.startsWith(leaves))).not.toEqual([]);
    });
  }
});
