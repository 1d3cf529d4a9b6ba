// What an exhaustive search covered, in words: how, what its programs are made of, and how far it went.

import type { AddressRange } from "../../model/units.ts";
import type { Exploration, Report } from "../kit/report.ts";
import { counted, figure, secondsText } from "./layout.ts";

/** How it was searched, and what the count means. */
export function exploredHow({ recognised, collisionProbability }: Exploration): string {
  if (!recognised) {
    return "exhaustive, every program from its start: the subject has no snapshot and restore, so no state is recognised, and each step back costs the whole program";
  }
  return collisionProbability === 0
    ? "exhaustive, breadth first; states are told apart by all that they are"
    : `exhaustive, breadth first; states are told apart by fingerprints of 64 bits, two of them taken for one with a probability of at most ${collisionProbability.toExponential(0)}`;
}

/** What programs are made of. */
export function exploredWhat({ domain }: Exploration): string {
  const { commands, buffers, areas, mostLive, mostFaults } = domain;
  const places = buffers.map(({ range, access }) => `${rangeText(range)} ${access}`);
  return (
    `domain: the commands ${commands.join(", ")}; memory allocated at ${areas.map(rangeText).join(", ")}; ` +
    `buffers ${places.join(", ")}; at most ${counted(mostLive, "live registration")} and ${counted(mostFaults, "fault")} in a program`
  );
}

/** How far it went, in what time. */
export function exploredExtent({ exploration, bounds, seconds }: Report): string {
  if (exploration === undefined) return "";
  const { states, transitions, completeDepth, closed, recognised } = exploration;
  const programs = closed
    ? "every program of any length"
    : `every program of up to ${counted(completeDepth, "command")}`;
  const what = recognised ? counted(states, "state") : counted(states, "program");
  return `preset ${bounds.preset}, ${programs} of the domain, ${what}, ${figure(transitions)} transitions in ${secondsText(seconds)}`;
}

/** "0x10–0x2f". */
const rangeText = ({ start, lengthBytes }: AddressRange): string =>
  `0x${start.toString(16)}–0x${(start + lengthBytes - 1).toString(16)}`;
