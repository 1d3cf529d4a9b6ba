// A subject becomes a player: what the stage needs to put it into the provider's or the driver's place.

import type { Claims, WorldConfig } from "../../model/config.ts";
import type { DriverSubject, Subject } from "../../model/contract.ts";
import type { Player } from "../../properties/stage.ts";
import { driverShell } from "../provider/driver-shell.ts";
import { shell } from "../provider/shell.ts";
import type { SubjectUnderTest } from "./subject.ts";

/** Makes players of a subject, each with caches or a driver of its own. */
export function players(
  { subject, callback }: SubjectUnderTest,
  config: WorldConfig,
): () => Player {
  if (isDriver(subject)) {
    return () => ({ kind: "driver", driver: driverShell(subject) });
  }
  const claims: Claims = { ...subject.capabilities, callback };
  return () => ({ kind: "cache", provider: shell(subject, config.pageSizeBytes), claims });
}

export function isDriver(subject: Subject | DriverSubject): subject is DriverSubject {
  return "createDriver" in subject;
}
