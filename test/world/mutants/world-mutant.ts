// What a mutant of the flat world is: one small change in the text of one of its files, which comparing it with the
// reference must find. A mutant is a row of data; the change is a literal replacement, and what comes out is loaded in
// the place of the shipped world.

import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PresetName, WorldConfig } from "../../../model/config.ts";
import type { WorldFactory } from "../../../model/world.ts";
import type { flatWorld, reusedFlatWorlds } from "../../../src/world/world.ts";
import type { Edit } from "../../../gallery/mutant.ts";

export interface WorldMutant {
  readonly id: string;
  /** The change, as a sentence about the world. */
  readonly change: string;
  /** A file of src/world, without its ending. */
  readonly file: string;
  readonly edits: readonly Edit[];
  /** A mistake of our own that it is an image of: its number in our list. */
  readonly row?: number;
  /** It is looked for where memory is watched, not where it is secured. */
  readonly beyondWindows?: true;
  /** It is looked for around whole providers. */
  readonly ofProviders?: true;
  /** Where alone it shows within reason, if it does not show everywhere. */
  readonly on?: { readonly preset?: PresetName; readonly subject?: string };
  /** It is the nature of the error that something is thrown. */
  readonly throws?: true;
}

/** What src/world exports. */
interface WorldModule {
  readonly flatWorld: typeof flatWorld;
  readonly reusedFlatWorlds: typeof reusedFlatWorlds;
}

const room = fileURLToPath(new URL("../../../src/world/", import.meta.url));
const repository = fileURLToPath(new URL("../../../", import.meta.url));

/** The texts of src/world by their file's name. */
function texts(): Map<string, string> {
  return new Map(readdirSync(room).map((name) => [name, readFileSync(join(room, name), "utf8")]));
}

/** The text with every edit made. Throws if a text is not there exactly once. */
function edited(text: string, { id, file, edits }: WorldMutant): string {
  return edits.reduce((source, [from, to]) => {
    const count = source.split(from).length - 1;
    if (count !== 1) {
      throw new RangeError(
        `"${from}" stands ${count} times in ${file}.ts; an edit of ${id} needs a text that stands there once`,
      );
    }
    return source.replace(from, () => to);
  }, text);
}

/** The file, whoever imports it, and so on: what has to be loaded anew. The others are the shipped ones. */
function dependents(of: string, sources: ReadonlyMap<string, string>): ReadonlySet<string> {
  const found = new Set([of]);
  for (const name of found) {
    for (const [other, text] of sources) if (text.includes(`from "./${name}"`)) found.add(other);
  }
  return found;
}

/** Loads a file of the world with the mutant's change; as it is shipped, if there are no edits. */
export async function loadAnew<Module>(mutant: WorldMutant, wanted: string): Promise<Module> {
  const sources = texts();
  const name = `${mutant.file}.ts`;
  const anew = dependents(name, sources);
  const folder = mkdtempSync(join(tmpdir(), "stalemate-world-"));
  try {
    for (const each of anew) {
      const text = sources.get(each) ?? "";
      const changed = each === name ? edited(text, mutant) : text;
      writeFileSync(join(folder, each), relinked(changed, anew));
    }
    return (await import(/* @vite-ignore */ join(folder, wanted))) as Module;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Imports of files that are not loaded anew, where they are. */
function relinked(text: string, anew: ReadonlySet<string>): string {
  return text
    .replace(/from "\.\/([^"]+)"/g, (whole, file: string) =>
      anew.has(file) ? whole : `from "${join(room, file)}"`,
    )
    .replace(
      /from "\.\.\/\.\.\/([^"]+)"/g,
      (_, file: string) => `from "${join(repository, file)}"`,
    );
}

/** A factory of the mutant's worlds, those of each configuration one after another on the same memory. */
export async function brokenWorlds(mutant: WorldMutant): Promise<WorldFactory> {
  const { reusedFlatWorlds } = await loadAnew<WorldModule>(mutant, "world.ts");
  const makers = new Map<WorldConfig, WorldFactory>();
  return (config, claims) => {
    const make = makers.get(config) ?? reusedFlatWorlds();
    makers.set(config, make);
    return make(config, claims);
  };
}
