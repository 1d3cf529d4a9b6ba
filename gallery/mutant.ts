// What a mutant is: something that is right, with one small change, and the rule that must catch it. A mutant is a row of
// data. Mostly it is a cache or a proxy driver, and the change is a literal replacement in its text; some are worlds,
// whose operating system breaks its half of the bargain.

import type { PresetName } from "../model/config.ts";
import type { Applied, Event } from "../model/events.ts";
import type { RuleId } from "../model/rules.ts";
import type { Command } from "../model/trace.ts";
import { referenceWorld, type ReferenceWorld, type WorldFactory } from "../model/world.ts";

/** A bug that shipped in a real cache: its number in our list, and where it is written up. */
export interface Bug {
  readonly row: number;
  readonly from: string;
  /** The rule that it breaks as such, where that one is not judged yet: the mutant's own is what it breaks besides. */
  readonly unjudged?: RuleId;
}

/** What stands in a text, exactly once, and what takes its place. */
export type Edit = readonly [from: string, to: string];

/** What all mutants have. */
interface Row {
  readonly id: string;
  /** The rule that catches it. */
  readonly rule: RuleId;
  /** The change, as a sentence about what is changed. */
  readonly change: string;
  /** Part of what the judge says it observed. */
  readonly observed: string;
  /** The module that exports the subject, by its path from the root of the repository. */
  readonly base: string;
  /** The real bug that it is an image of. */
  readonly bug?: Bug;
  /** The world it takes; `small` unless it says so. */
  readonly preset?: PresetName;
}

/** A cache or a proxy driver with a change in its text. */
export interface TextMutant extends Row {
  /** None: the base itself is wrong. */
  readonly edits: readonly Edit[];
  /** Where the text stands, if it is not in the base itself but in a module that it imports. */
  readonly file?: string;
  /** What is as the base would be if it were right; the base without the edits, unless it says so. */
  readonly right?: string;
  /** Why other rules are not judged: they are broken by an event before. */
  readonly shadowed?: string;
  /** A program that leads to the breakage, where no literal case does. */
  readonly program?: readonly Command[];
}

/** The reference world with one event performed wrongly. The subject is right, and leads there by a short program. */
export interface WorldMutant extends Row {
  readonly program: readonly Command[];
  /** Performs the event, rightly or wrongly. */
  readonly apply: (world: ReferenceWorld, event: Event) => Applied;
}

/** A row of the gallery. */
export type Mutant = TextMutant | WorldMutant;

/** True if it is the world that is wrong. */
export const isOfWorld = (mutant: Mutant): mutant is WorldMutant => "apply" in mutant;

/** The world that it takes. */
export const presetFor = ({ preset = "small" }: Mutant): PresetName => preset;

/** The reference world with the mutant's way of performing events. */
export function brokenWorld({ apply }: WorldMutant): WorldFactory {
  return (config, claims) => {
    const right = referenceWorld(config, claims);
    return { view: right.view, apply: (event) => apply(right, event) };
  };
}

/** True if no event shows it: it is found by running a program twice. */
export const isUnlikeItself = ({ rule }: Mutant): boolean => rule === "LAW-12";
