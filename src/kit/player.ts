// Kinds of subject, and how each becomes a player: what the stage needs to put it into its place.

import type { Claims, WorldConfig } from "../../model/config.ts";
import type { AnySubject, DriverSubject } from "../../model/contract.ts";
import type { Player } from "../../properties/stage.ts";
import { driverShell } from "../provider/driver-shell.ts";
import { shell } from "../provider/shell.ts";
import type { Report } from "./report.ts";
import { isDriver, isProvider, type SubjectUnderTest } from "./subject.ts";

/** Makes players of a subject, each with caches, providers or a driver of its own. */
export function players(tested: SubjectUnderTest, config: WorldConfig): () => Player {
  const { subject } = tested;
  if (isDriver(subject)) {
    return () => ({ kind: "driver", driver: driverShell(subject) });
  }
  const claims = claimsFor(subject, tested.callback);
  return () => ({ kind: "cache", provider: shell(subject, config.pageSizeBytes), claims });
}

/** What the rules are judged by: what is declared, and what kind of subject declares it. */
export function claimsFor(subject: Exclude<AnySubject, DriverSubject>, callback: boolean): Claims {
  const claims = { ...subject.capabilities, callback };
  return isProvider(subject) ? { ...claims, whole: true } : claims;
}

export function kindOf(subject: AnySubject): Report["kind"] {
  return isDriver(subject) ? "driver" : isProvider(subject) ? "provider" : "cache";
}
