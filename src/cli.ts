#!/usr/bin/env node
// The command line. What each command does is in cli/; here is what it is called and what it may be given.

import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import type { RuleId } from "../model/rules.ts";
import {
  engineName,
  findRule,
  positiveInteger,
  positiveSeconds,
  ruleIds,
  seedNumber,
  UsageError,
} from "./cli/arguments.ts";
import { brokenReport, check, type ExitCode } from "./cli/check.ts";
import { readTrace, replayTrace } from "./cli/replay.ts";
import { printLine, stdoutPage, warn } from "./cli/screen.ts";
import { validateTrace } from "./cli/validate.ts";
import { preemptionCount } from "./cli/race.ts";
import { raceDefaults } from "./kit/race/options.ts";
import { hasThreads } from "../model/trace.ts";
import type { EngineName } from "./kit/report.ts";
import type { CheckOptions, SearchOptions } from "./cli/worker-messages.ts";
import { catalogue, explanation } from "./report/catalogue.ts";
import { jsonReport } from "./report/json.ts";
import { notJudged } from "./report/validation-json.ts";
import { defaults, exploreDefaults } from "./kit/options.ts";

/** What every command takes that runs a subject and reports on it. */
interface ReportFlags {
  readonly time?: number;
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly out: string;
  readonly watchdog: number;
}

interface CheckFlags extends ReportFlags {
  readonly seed?: number;
  readonly runs?: number;
  readonly commands?: number;
  readonly preset?: string;
  readonly engine?: EngineName;
  readonly rules?: readonly RuleId[];
  readonly junit?: string;
}

interface ExploreFlags extends ReportFlags {
  readonly preset?: string;
  readonly depth?: number;
  readonly memory?: number;
  readonly exact?: boolean;
  readonly rules?: readonly RuleId[];
  readonly junit?: string;
}

interface RaceFlags extends ReportFlags {
  readonly threads: number;
  readonly calls: number;
  readonly preemptions: number;
  readonly seed?: number;
}

interface ReplayFlags {
  readonly subject?: string;
  readonly strict?: boolean;
  readonly watchdog: number;
  readonly out: string;
}

interface ValidateFlags {
  readonly strict?: boolean;
  readonly json?: boolean;
}

const exitCodes = `
Exit code: 0 conformant, 1 not conformant, 2 unknown, broken or misused.`;

function commandLine(exit: (code: ExitCode) => void): Command {
  const program = new Command("stalemate")
    .description("Checks memory-registration caches against an executable specification.")
    .version(version())
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText("after", exitCodes);
  checkCommand(program, exit);
  exploreCommand(program, exit);
  replayCommand(program, exit);
  raceCommand(program, exit);
  validateCommand(program, exit);
  program
    .command("rules")
    .description("list every rule")
    .action(() => printLine(catalogue(stdoutPage())));
  program
    .command("explain")
    .description("print everything about one rule")
    .argument("<rule>", "its id, such as LAW-1")
    .action((id: string) => {
      const rule = findRule(id);
      if (rule === undefined) {
        throw new UsageError(
          `there is no rule ${JSON.stringify(id)}: "stalemate rules" lists all of them.`,
        );
      }
      printLine(explanation(rule, stdoutPage()));
    });
  return program;
}

function checkCommand(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command("check")
    .description("check the cache or the proxy driver that a module exports")
    .argument(
      "<module>",
      "a TypeScript or JavaScript file; exports default, subject, cache, provider or driver",
    )
    .option("--seed <number>", "generate the programs of this seed", seedNumber)
    .option("--runs <number>", "programs to generate (default 1000)", positiveInteger)
    .option(
      "--commands <number>",
      `most commands of a program (default ${defaults.commands})`,
      positiveInteger,
    )
    .option("--preset <name>", "the world: micro, tiny, small, windows or wide (default small)")
    .option("--engine <name>", "the world: flat, or the slow reference (default flat)", engineName)
    .option("--time <seconds>", "stop after so long, with what was done", positiveSeconds)
    .option("--rules <ids>", "judge only these rules, separated by commas", ruleIds)
    .option("--strict", "a broken should-rule fails as well")
    .option("--json", "print one JSON object on stdout, everything else on stderr")
    .option("--junit <file>", "write the report as JUnit XML as well")
    .option("--out <folder>", "where traces of failures are, and go", "counterexamples")
    .option("--watchdog <seconds>", "stop a subject in which nothing moves", positiveSeconds, 20)
    .addHelpText("after", exitCodes)
    .action(async (module: string, flags: CheckFlags) => {
      const { out, json = false, junit = null, watchdog: watchdogSeconds } = flags;
      const options = checkOptions(flags);
      const silent = { explore: null, only: null };
      exit(await check({ module, options, out, json, junit, watchdogSeconds, ...silent }));
    });
}

function exploreCommand(program: Command, exit: (code: ExitCode) => void): void {
  const { preset: world, depth: bound } = exploreDefaults;
  program
    .command("explore")
    .description(
      "perform every program of a small domain, up to a depth: what it finds is shortest",
    )
    .argument("<module>", "a TypeScript or JavaScript file, as check takes it")
    .option("--preset <name>", `the world: micro, tiny, small, windows or wide (default ${world})`)
    .option(
      "--depth <commands>",
      `commands of a program, at most (default ${bound})`,
      positiveInteger,
    )
    .option("--memory <MB>", "what the states may take (default 1024)", positiveInteger)
    .option("--exact", "tell states apart by all that they are, not by fingerprints: slower")
    .option("--time <seconds>", "stop after so long, with what was covered", positiveSeconds)
    .option("--rules <ids>", "judge only these rules, separated by commas", ruleIds)
    .option("--strict", "a broken should-rule fails as well")
    .option("--json", "print one JSON object on stdout, everything else on stderr")
    .option("--junit <file>", "write the report as JUnit XML as well")
    .option("--out <folder>", "where traces of failures go", "counterexamples")
    .option("--watchdog <seconds>", "stop a subject in which nothing moves", positiveSeconds, 20)
    .addHelpText("after", `${exitCodes}\nCtrl-C ends the search and reports what it covered.`)
    .action(async (module: string, flags: ExploreFlags) => {
      const { out, json = false, junit = null, watchdog: watchdogSeconds, strict = false } = flags;
      const explore = searchOptions(flags);
      const { depth: commands, preset } = { ...exploreDefaults, ...explore };
      const options = { runs: 0, commands, preset, strict };
      exit(
        await check({ module, options, explore, out, json, junit, watchdogSeconds, only: null }),
      );
    });
}

function searchOptions({
  preset,
  depth,
  memory,
  exact,
  time,
  rules,
  strict,
}: ExploreFlags): SearchOptions {
  return {
    ...(preset === undefined ? {} : { preset }),
    ...(depth === undefined ? {} : { depth }),
    ...(memory === undefined ? {} : { memoryBytes: memory * 2 ** 20 }),
    ...(exact === undefined ? {} : { exact }),
    ...(time === undefined ? {} : { timeMs: time * 1000 }),
    ...(rules === undefined ? {} : { rules }),
    ...(strict === undefined ? {} : { strict }),
  };
}

function raceCommand(program: Command, exit: (code: ExitCode) => void): void {
  const { threads, calls, preemptions } = raceDefaults;
  program
    .command("race")
    .description(
      "check an asynchronous cache with every order of the host calls of several threads",
    )
    .argument("<module>", "a TypeScript or JavaScript file; exports default, subject or cache")
    .option("--threads <number>", "threads that call the cache", positiveInteger, threads)
    .option("--calls <number>", "most calls of each thread", positiveInteger, calls)
    .option(
      "--preemptions <number>",
      "most turns taken from a thread that could go on, or all",
      preemptionCount,
      preemptions,
    )
    .option("--time <seconds>", "stop after so long, with what was done", positiveSeconds)
    .option("--seed <number>", "draw by this seed where there are too many schedules", seedNumber)
    .option("--strict", "a broken should-rule fails as well")
    .option("--json", "print one JSON object on stdout, everything else on stderr")
    .option("--out <folder>", "where traces of failures go", "counterexamples")
    .option("--watchdog <seconds>", "stop a subject in which nothing moves", positiveSeconds, 20)
    .addHelpText("after", exitCodes)
    .action(async (module: string, flags: RaceFlags) => {
      const { out, json = false, watchdog: watchdogSeconds, seed, time, strict = false } = flags;
      const race = {
        threads: flags.threads,
        calls: flags.calls,
        preemptions: flags.preemptions,
        strict,
        ...(time === undefined ? {} : { timeMs: time * 1000 }),
      };
      const options: CheckOptions = seed === undefined ? {} : { seed };
      const rest = { out, json, junit: null, explore: null, watchdogSeconds, only: null };
      exit(await check({ module, options, race, ...rest }));
    });
}

function replayCommand(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command("replay")
    .description("perform a trace again, by the model alone or by a subject")
    .argument("<trace>", "a .jsonl file that check wrote")
    .option("--subject <module>", "run the program of the trace against this subject")
    .option("--strict", "a broken should-rule fails as well")
    .option("--out <folder>", "with --subject: where traces of failures go", "counterexamples")
    .option("--watchdog <seconds>", "stop a subject in which nothing moves", positiveSeconds, 20)
    .action(async (path: string, flags: ReplayFlags) => {
      const { subject: module, strict = false, out, watchdog: watchdogSeconds } = flags;
      if (module === undefined) {
        exit(replayTrace(path, strict));
        return;
      }
      const only = readTrace(path);
      const options: CheckOptions = { runs: 0, preset: only.header.config.preset, strict };
      const silent = { json: false, junit: null, explore: null };
      const race = hasThreads(only) ? { race: { only, strict } } : {};
      exit(await check({ module, options, out, ...silent, watchdogSeconds, only, ...race }));
    });
}

function validateCommand(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command("validate")
    .description(
      "judge a trace that was recorded elsewhere: the first event that no legal provider makes",
    )
    .argument("<trace>", "a .jsonl file as docs/traces.md describes it")
    .option("--strict", "a broken should-rule rejects as well")
    .option("--json", "print one JSON object on stdout, everything else on stderr")
    .addHelpText(
      "after",
      `
Exit code: 0 every event is accepted, 1 one is rejected, 2 the file is no trace, or misused.`,
    )
    .action((path: string, flags: ValidateFlags) => {
      const { strict = false, json = false } = flags;
      exit(validateTrace({ path, strict, json }));
    });
}

function checkOptions(flags: CheckFlags): CheckOptions {
  const { seed, runs, commands, preset, engine, time, rules, strict } = flags;
  return {
    ...(seed === undefined ? {} : { seed }),
    ...(runs === undefined ? {} : { runs }),
    ...(commands === undefined ? {} : { commands }),
    ...(preset === undefined ? {} : { preset }),
    ...(engine === undefined ? {} : { engine }),
    ...(time === undefined ? {} : { timeMs: time * 1000 }),
    ...(rules === undefined ? {} : { rules }),
    ...(strict === undefined ? {} : { strict }),
  };
}

function version(): string {
  const manifest: unknown = createRequire(import.meta.url)("stalemate/package.json");
  const isManifest = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return isManifest ? String(manifest.version) : "unknown";
}

/** Something was asked that cannot be done: a sentence on stderr and, under --json, the one object. */
function misuse(problem: string, args: readonly string[]): ExitCode {
  warn(problem);
  if (args.includes("--json")) {
    const subject = args.slice(1).find((arg) => !arg.startsWith("-")) ?? "";
    const object = ["check", "explore", "race"].some((each) => each === args[0])
      ? jsonReport(brokenReport(subject, problem, {}), [])
      : args[0] === "validate"
        ? notJudged(problem)
        : null;
    if (object !== null) printLine(JSON.stringify(object, null, 2));
  }
  return 2;
}

/** Commander's message as a sentence, with where to look. */
function commanderText(error: CommanderError, command: string | undefined): string {
  const said = error.message
    .replace(/^error: /, "")
    .replaceAll("\n", " ")
    .replace(/\.$/, "");
  const known = ["check", "explore", "race", "replay", "validate", "explain"].some(
    (each) => each === command,
  );
  return `${said}. "stalemate help${known ? ` ${command}` : ""}" shows what can be given.`;
}

async function main(args: readonly string[]): Promise<void> {
  // The reader of the output may leave early, as `head` does.
  process.stdout.on("error", () => process.exit());
  const exit = (code: ExitCode): void => {
    process.exitCode = code;
  };
  try {
    await commandLine(exit).parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof UsageError) exit(misuse(error.message, args));
    else if (!(error instanceof CommanderError)) throw error;
    else if (error.code === "commander.help" && args.length === 0) exit(2);
    else if (error.exitCode !== 0) exit(misuse(commanderText(error, args[0]), args));
  }
}

await main(process.argv.slice(2));
