// The repository checks itself: who may import whom, how long a file may be, which names say nothing.
// It reads sources as text. Not checked here: what the compiler and the linter check already (that an
// import resolves, that a type is not `any` by inference).

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/**
 * The layering, and the only place where it is written down. A room is the longest key that a file's
 * path starts with; each room lists the rooms and packages it may import, its own room included.
 * "type ROOM" allows `import type` only. "node:" is every built-in module.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "model/units.ts": ["model/contract.ts"],
  "model/contract.ts": ["model/units.ts"],
  "model/": ["model/"],
  "properties/": ["model/", "properties/", "fast-check"],
  // An implementation that shares code with its oracle proves nothing.
  // The words of its questions and answers are types, and types are not code.
  "src/world/": ["model/units.ts", "model/contract.ts", "src/world/"],
  "src/world/words.ts": ["type model/", "src/world/"],
  "src/cache/": ["model/units.ts", "model/contract.ts", "src/cache/"],
  // A search over any state space: it knows nothing of Windows.
  "src/explorer/": ["src/explorer/"],
  "src/explorer/threads.ts": ["src/explorer/", "node:"],
  "src/explorer/shard-worker.ts": ["src/explorer/", "node:"],
  "src/provider/": ["model/", "properties/", "src/provider/", "src/kit/", "fast-check"],
  "src/provider/async-shell.ts": ["model/", "properties/", "src/provider/", "node:"],
  "src/kit/": [
    "model/",
    "properties/",
    "src/provider/",
    "src/world/",
    "src/explorer/",
    "src/kit/",
    "fast-check",
  ],
  "src/kit/race/": ["model/", "properties/", "src/explorer/", "src/provider/", "src/kit/"],
  // A failing test shows what the command line shows. The report takes only types from the kit: no cycle.
  "src/kit/conformance.ts": ["model/", "src/kit/", "src/report/"],
  "src/adapters/": ["model/", "src/provider/", "src/kit/", "src/adapters/", "node:"],
  "src/report/": ["model/", "properties/", "type src/kit/", "src/report/", "node:"],
  "src/cli": ["model/", "properties/", "src/", "fast-check", "commander", "jiti", "node:"],
  "src/index.ts": ["model/", "properties/", "src/"],
  // An example is what a user copies: it sees the package and nothing behind it.
  "examples/": ["examples/", "stalemate", "fast-check", "vitest", "node:"],
  // A subject of the gallery sees what an example sees, or the cache that ships.
  "gallery/subjects/": ["src/cache/", "gallery/subjects/", "stalemate"],
  "gallery/": ["model/", "properties/", "src/", "gallery/", "fast-check", "node:"],
  "benchmarks/": [
    "model/",
    "properties/",
    "src/",
    "examples/",
    "gallery/",
    "benchmarks/",
    "stalemate",
    "fast-check",
    "node:",
  ],
  // A random policy is an implementation like any other; what runs them is not.
  "gallery/policies/": ["model/units.ts", "model/contract.ts", "gallery/policies/"],
  "gallery/policies/check/": ["model/", "properties/", "src/", "gallery/policies/"],
  "test/": [
    "model/",
    "properties/",
    "src/",
    "examples/",
    "gallery/",
    "benchmarks/",
    "gallery/",
    "test/",
    "stalemate",
    "@rgrove/parse-xml",
    "fast-check",
    "immer",
    "vitest",
    "node:",
  ],
  "vitest.config.ts": ["vitest", "node:"],
};

const longestFileLines = 400;

/** Names that say where a thing was put, not what it is. */
const emptyNames: ReadonlySet<string> = new Set(
  "util utils helper helpers common misc manager service types index".split(" "),
);

/** Each pattern is written so that it does not match itself. */
const bannedWords: readonly RegExp[] = [
  /\bTO[D]O\b/,
  /\bFIX[M]E\b/,
  /\bas [a]ny\b/,
  /@ts-[i]gnore/,
];

/** Source text by path from the root, with forward slashes. */
type Sources = ReadonlyMap<string, string>;

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function importsOf(source: string): readonly Import[] {
  const code = source.replace(/^\s*\/\*[\s\S]*?\*\//gm, "").replace(/^\s*\/\/.*$/gm, "");
  const statements = code.matchAll(
    /^(?:import|export)\s+(type\s)?(?:[^"'`;=]*?\bfrom\s*)?["']([^"']+)["']/gm,
  );
  const calls = code.matchAll(/\bimport\(\s*["']([^"']+)["']/g);
  return [
    ...Array.from(statements, ([, type, specifier = ""]) => ({
      specifier,
      typeOnly: type !== undefined,
    })),
    ...Array.from(calls, ([, specifier = ""]) => ({ specifier, typeOnly: false })),
  ];
}

const isRelative = (specifier: string): boolean => specifier.startsWith(".");

/** A path from the root for our own files, "node:" for built-ins, else the package's name. */
function targetOf(file: string, specifier: string): string {
  if (isRelative(specifier)) return posix.join(posix.dirname(file), specifier);
  if (specifier.startsWith("node:")) return "node:";
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function roomOf(file: string): string | undefined {
  return Object.keys(mayImport)
    .filter((room) => file.startsWith(room))
    .toSorted((a, b) => b.length - a.length)[0];
}

function allows(permission: string, file: string, imported: Import): boolean {
  const typesOnly = permission.startsWith("type ");
  if (typesOnly && !imported.typeOnly) return false;
  const wanted = typesOnly ? permission.slice("type ".length) : permission;
  const target = targetOf(file, imported.specifier);
  return isRelative(imported.specifier) ? target.startsWith(wanted) : target === wanted;
}

function layeringOffences(sources: Sources): readonly string[] {
  return [...sources].flatMap(([file, source]) => {
    const room = roomOf(file);
    if (room === undefined) return [`${file} is in no room of the table mayImport`];
    const permissions = mayImport[room] ?? [];
    return importsOf(source)
      .filter((imported) => !permissions.some((permission) => allows(permission, file, imported)))
      .map((imported) => `${file} (room ${room}) imports ${targetOf(file, imported.specifier)}`);
  });
}

function extensionOffences(sources: Sources): readonly string[] {
  return [...sources].flatMap(([file, source]) =>
    importsOf(source)
      .filter(({ specifier }) => isRelative(specifier) && !specifier.endsWith(".ts"))
      .map(({ specifier }) => `${file} imports ${specifier}, which does not end in .ts`),
  );
}

/** One cycle for each edge that leads back to a file still being visited; types count as imports. */
function importCycles(sources: Sources): readonly string[] {
  const cycles: string[] = [];
  const path: string[] = [];
  const done = new Set<string>();
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start !== -1) cycles.push([...path.slice(start), file].join(" → "));
    if (start !== -1 || done.has(file)) return;
    path.push(file);
    for (const { specifier } of importsOf(sources.get(file) ?? "")) {
      if (isRelative(specifier)) visit(targetOf(file, specifier));
    }
    path.pop();
    done.add(file);
  };
  for (const file of sources.keys()) visit(file);
  return cycles;
}

function sizeOffences(sources: Sources): readonly string[] {
  return [...sources]
    .map(([file, source]) => ({ file, lines: source.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > longestFileLines)
    .map(({ file, lines }) => `${file} has ${lines} lines: it is a folder nobody made`);
}

function nameOffences(files: Iterable<string>): readonly string[] {
  return [...files]
    .filter((file) => file !== "src/index.ts")
    .filter((file) => file.split("/").some((part) => emptyNames.has(part.split(".")[0] ?? "")))
    .map((file) => `${file} has a name that says nothing`);
}

function wordOffences(sources: Sources): readonly string[] {
  return [...sources].flatMap(([file, source]) =>
    bannedWords
      .filter((word) => word.test(source))
      .map((word) => `${file} contains ${word.exec(source)?.[0]}`),
  );
}

function ourSources(): Sources {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const foreign = new Set(["node_modules", "dist", "coverage", "counterexamples"]);
  const rooms = readdirSync(root, { withFileTypes: true })
    .filter((entry) => !foreign.has(entry.name) && !entry.name.startsWith("."))
    .flatMap((entry) =>
      entry.isDirectory()
        ? readdirSync(posix.join(root, entry.name), { recursive: true, encoding: "utf8" }).map(
            (file) => posix.join(entry.name, file.replaceAll("\\", "/")),
          )
        : [entry.name],
    );
  return new Map(
    rooms
      .filter((file) => file.endsWith(".ts") && !file.includes("node_modules/"))
      .filter((file) => existsSync(posix.join(root, file)))
      .map((file) => [file, readFileSync(posix.join(root, file), "utf8")]),
  );
}

const one = (file: string, source: string): Sources => new Map([[file, source]]);

describe("the repository", () => {
  const sources = ourSources();

  it("is read: this file is among its sources", () => {
    expect(sources.has("test/architecture.test.ts")).toBe(true);
  });
  it("keeps the direction of its rooms", () => expect(layeringOffences(sources)).toEqual([]));
  it("has no import cycle", () => expect(importCycles(sources)).toEqual([]));
  it("ends its relative imports in .ts", () => expect(extensionOffences(sources)).toEqual([]));
  it("has no file that should be a folder", () => expect(sizeOffences(sources)).toEqual([]));
  it("names its files after what they are", () => {
    expect(nameOffences(sources.keys())).toEqual([]);
  });
  it("holds no banned word", () => expect(wordOffences(sources)).toEqual([]));
});

describe("an offence is reported, and its neighbour is not", () => {
  it.each([
    ["model/nic.ts", "fast-check", "./memory.ts"],
    ["model/nic.ts", "immer", "./memory.ts"],
    ["model/nic.ts", "node:fs", "./units.ts"],
    ["model/units.ts", "./nic.ts", "./contract.ts"],
    ["properties/command.ts", "../src/cache/exact.ts", "../model/view.ts"],
    ["properties/command.ts", "vitest", "fast-check"],
    ["src/world/frames.ts", "../../model/view.ts", "../../model/units.ts"],
    ["src/cache/exact.ts", "../world/frames.ts", "../../model/contract.ts"],
    ["src/explorer/search.ts", "../../model/units.ts", "./frontier.ts"],
    ["src/kit/run.ts", "../cache/exact.ts", "../provider/shell.ts"],
    ["src/kit/run.ts", "vitest", "fast-check"],
    ["src/cli.ts", "../test/subjects.ts", "./cache/exact.ts"],
    ["examples/mine.ts", "../src/index.ts", "stalemate"],
  ])("%s imports %s; it may import %s", (file, forbidden, allowed) => {
    expect(layeringOffences(one(file, `import { a } from "${forbidden}";`))).toHaveLength(1);
    expect(layeringOffences(one(file, `import { a } from "${allowed}";`))).toEqual([]);
  });
  it.each([
    `import "immer";`,
    `import immer, {\n  a,\n} from "immer";`,
    `export * from "immer";`,
    `export type { A } from "immer";`,
    `const a = await import("immer");`,
    `let a: import("immer").A;`,
  ])("every form of import is seen: %s", (source) => {
    expect(layeringOffences(one("src/explorer/search.ts", source))).toEqual([
      "src/explorer/search.ts (room src/explorer/) imports immer",
    ]);
  });
  it("an import inside a comment is none", () => {
    const comment = `/**\n * import { a } from "immer";\n */\n// import "immer";`;
    expect(importsOf(comment)).toEqual([]);
  });
  it("the report takes types from the kit, and only types", () => {
    const source = (word: string): string => `import ${word}{ Report } from "../kit/run.ts";`;
    expect(layeringOffences(one("src/report/html.ts", source("")))).toHaveLength(1);
    expect(layeringOffences(one("src/report/html.ts", source("type ")))).toEqual([]);
  });
  it("the flat world takes types from the model in one file, and no code", () => {
    const source = (word: string): string =>
      `import ${word}{ Event } from "../../model/events.ts";`;
    expect(layeringOffences(one("src/world/words.ts", source("type ")))).toEqual([]);
    expect(layeringOffences(one("src/world/words.ts", source("")))).toHaveLength(1);
    expect(layeringOffences(one("src/world/calls.ts", source("type ")))).toHaveLength(1);
  });
  it("a room that the table does not know is an offence", () => {
    expect(layeringOffences(one("src/attic/old.ts", ""))).toEqual([
      "src/attic/old.ts is in no room of the table mayImport",
    ]);
  });
  it("a cycle is reported once, from where it was entered", () => {
    const a = `import { b } from "./b.ts";`;
    const b = `import type { A } from "./a.ts";`;
    const ring = new Map([...one("model/a.ts", a), ...one("model/b.ts", b)]);
    expect(importCycles(ring)).toEqual(["model/a.ts → model/b.ts → model/a.ts"]);
    expect(importCycles(new Map([...ring, ["model/b.ts", ""]]))).toEqual([]);
  });
  it("a relative import without .ts is reported", () => {
    expect(extensionOffences(one("model/a.ts", `import "./b.js";`))).toHaveLength(1);
    expect(extensionOffences(one("model/a.ts", `import "./b.ts";`))).toEqual([]);
  });
  it("one line more than the longest file is too many", () => {
    expect(sizeOffences(one("model/a.ts", "a\n".repeat(longestFileLines + 1)))).toHaveLength(1);
    expect(sizeOffences(one("model/a.ts", "a\n".repeat(longestFileLines)))).toEqual([]);
  });
  it("an empty name is reported for a file and for a folder", () => {
    const empty = ["model/types.ts", "src/utils/a.ts", "test/helpers.test.ts", "model/index.ts"];
    expect(nameOffences(empty)).toHaveLength(empty.length);
    expect(nameOffences(["src/index.ts", "model/memory-manager.ts"])).toEqual([]);
  });
  it.each(["TO-DO", "FIX-ME", "x as -any", "@ts--ignore"])("the word %s is reported", (split) => {
    const word = split.replace("-", "");
    expect(wordOffences(one("model/a.ts", `// ${word}: later`))).toHaveLength(1);
    expect(wordOffences(one("model/a.ts", `// ${split}: later`))).toEqual([]);
  });
});
