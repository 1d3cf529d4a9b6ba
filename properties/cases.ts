// Literal programs, one or more a rule, that lead straight to what the rule is about. They run before anything is
// generated, so that a plain mistake is found by a program that a person would have written, and so that the
// situations of the rules are met in every run.

import type { WorldConfig } from "../model/config.ts";
import type { Case, Make } from "./cases/case.ts";
import { localCases } from "./cases/documents.ts";
import { driverCases } from "./cases/driver.ts";
import { freshCases, lawCases } from "./cases/laws.ts";
import { providerCases } from "./cases/provider.ts";
import { remoteCases } from "./cases/remote.ts";
import { wordsFor } from "./cases/words.ts";

/** The programs of a world for one kind of subject: what is for a cache is for a whole provider too. */
export function casesOf(kind: Case["subject"], config: WorldConfig): readonly Case[] {
  return casesFor(config).filter(
    ({ subject }) => subject === kind || (subject === "cache" && kind === "provider"),
  );
}

/** The programs for a world. A program that the world is too small for loses the steps that are impossible. */
export function casesFor(config: WorldConfig): readonly Case[] {
  const words = wordsFor(config);
  const make =
    (subject: Case["subject"]): Make =>
    (rule, name, ...program) => ({ rule, name, subject, program });
  return [
    ...freshCases(words, make("cache")),
    ...localCases(words, make("cache")),
    ...remoteCases(words, make("cache")),
    ...lawCases(words, make("cache")),
    ...providerCases(words, make("provider")),
    ...driverCases(words, make("driver")),
  ];
}
