import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { callMutants } from "./of-calls.ts";
import { connectionMutants } from "./of-connections.ts";
import { driverMutants } from "./of-driver.ts";
import { entryMutants } from "./of-entries.ts";
import { familyMutants } from "./of-families.ts";
import { linuxMutants } from "./of-linux.ts";
import { memoryMutants } from "./of-memory.ts";
import { providerMutants } from "./of-providers.ts";
import { structureMutants } from "./of-structures.ts";
import { MOST_COMMANDS, seek } from "./trial.ts";
import { brokenWorlds } from "./world-mutant.ts";

const gallery = [
  ...memoryMutants,
  ...connectionMutants,
  ...callMutants,
  ...entryMutants,
  ...driverMutants,
  ...structureMutants,
  ...familyMutants,
  ...linuxMutants,
  ...providerMutants,
];

/** Files that decide nothing: layouts, types, and records that are made of what others decided; fingerprints are a test apart. */
const undecided = [
  "entry-record",
  "fingerprint",
  "instance-record",
  "layout",
  "listing",
  "performed",
  "ranges",
  "records",
  "symbols",
  "view-of-memory",
  "view",
  "words",
];

describe("the mutants of the flat world", () => {
  it("every id and every change names one", () => {
    expect(new Set(gallery.map((each) => each.id)).size).toBe(gallery.length);
    expect(new Set(gallery.map((each) => each.change)).size).toBe(gallery.length);
  });

  it("every file that decides something has one", () => {
    const room = fileURLToPath(new URL("../../../src/world/", import.meta.url));
    const files = readdirSync(room).map((name) => name.replace(/\.ts$/, ""));
    const changed = new Set(gallery.map((each) => each.file));
    const untouched = files.filter((each) => !changed.has(each));
    expect(untouched.toSorted()).toEqual(undecided.toSorted());
  });
});

describe("a flat world that is not broken", () => {
  it.each([{}, { beyondWindows: true }, { ofProviders: true }] as const)(
    `agrees on the ${MOST_COMMANDS} commands that find the others: %o`,
    { timeout: 120_000 },
    async (where) => {
      const same = { id: "unbroken", change: "is as it is shipped", file: "world", edits: [] };
      const { commands, disagreement } = seek(await brokenWorlds(same), () => true, where);
      expect(disagreement).toBeNull();
      expect(commands).toBeGreaterThanOrEqual(MOST_COMMANDS);
    },
  );
});
