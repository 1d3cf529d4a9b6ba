// Loading a subject of the gallery, as it is shipped or with a change in its text. What comes out is loaded as the module
// of a user would be; whatever it imports by a relative path is copied with it and loaded anew, so that a change can be
// made in any of these modules and no two mutants share one.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import type { AnySubject, AsyncSubject } from "../model/contract.ts";
import { loadModule } from "../src/cli/module-loading.ts";
import { asAsyncSubject, asSubject } from "../src/kit/subject.ts";
import type { TextMutant } from "./mutant.ts";

/** The root of the repository: this module is run as it stands there and as it was compiled. */
const repository = rootAbove(dirname(fileURLToPath(import.meta.url)));

function rootAbove(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : rootAbove(dirname(folder));
}

/** A subject as it is shipped. */
export async function loadSubject(base: string): Promise<AnySubject> {
  return asSubject(await loadTexts(base, textsOf(base)), base);
}

/** A mutant's subject, named by its id. Throws if the text of an edit does not stand there exactly once. */
export async function loadMutant(mutant: Changed): Promise<AnySubject> {
  return { ...asSubject(await loadChanged(mutant), mutant.base), name: mutant.id };
}

/** An asynchronous cache as it is shipped. */
export async function loadAsyncSubject(base: string): Promise<AsyncSubject> {
  return asAsyncSubject(await loadTexts(base, textsOf(base)), base);
}

/** The same of a mutant of an asynchronous cache. */
export async function loadAsyncMutant(mutant: Changed): Promise<AsyncSubject> {
  return { ...asAsyncSubject(await loadChanged(mutant), mutant.base), name: mutant.id };
}

type Changed = Pick<TextMutant, "id" | "base" | "file" | "edits">;

async function loadChanged({ base, file = base, edits }: Changed): Promise<unknown> {
  const texts = textsOf(base);
  const text = texts.get(file);
  if (text === undefined) throw new RangeError(`${base} does not import ${file}`);
  texts.set(file, edits.reduce(edited(file), text));
  return loadTexts(base, texts);
}

const edited =
  (file: string) =>
  (text: string, [from, to]: TextMutant["edits"][number]): string => {
    const count = text.split(from).length - 1;
    if (count !== 1) {
      throw new RangeError(
        `"${from}" stands ${count} times in ${file}; an edit needs a text that stands there once`,
      );
    }
    return text.replace(from, () => to);
  };

/** The module's text and those of all that it imports by relative paths, by their paths from the root. */
function textsOf(base: string): Map<string, string> {
  const texts = new Map<string, string>();
  const paths = new Set([base]);
  for (const path of paths) {
    const text = readFileSync(join(repository, path), "utf8");
    texts.set(path, text);
    for (const [, imported = ""] of text.matchAll(/\bfrom "(\.[^"]+)"/g)) {
      paths.add(posix.join(posix.dirname(path), imported));
    }
  }
  return texts;
}

async function loadTexts(base: string, texts: ReadonlyMap<string, string>): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "stalemate-gallery-"));
  try {
    for (const [path, text] of texts) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await loadModule(join(folder, base), base);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
