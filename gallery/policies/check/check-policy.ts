// One random policy before the checker: as many commands as are wanted, in a world that its seed says.

import { presets } from "../../../model/config.ts";
import type { RuleId } from "../../../model/rules.ts";
import { rules } from "../../../model/rules.ts";
import type { Trace } from "../../../model/trace.ts";
import { MEAN_PART } from "../../../properties/focus.ts";
import { MEAN_LENGTH } from "../../../properties/scenes.ts";
import { defaults } from "../../../src/kit/options.ts";
import type { Counterexample, SubjectVerdict } from "../../../src/kit/report.ts";
import { run } from "../../../src/kit/run.ts";
import { legalPolicy } from "../legal-policy.ts";
import type { Witness } from "../policy.ts";
import { occasionsFor } from "./occasions.ts";

const PRESETS = ["tiny", "small", "windows"] as const;

/** A generated program has about so many commands; what is left out of them takes another round. */
const COMMANDS_OF_A_PROGRAM = defaults.commands * MEAN_PART * MEAN_LENGTH;

/** A policy follows no recommendation: those rules would have the checker explain, again and again, that it did not. */
const binding: readonly RuleId[] = rules
  .filter(({ level }) => level !== "should")
  .map(({ id }) => id);

/** What the checker said of a policy. */
export interface PolicyCheck {
  readonly seed: number;
  readonly preset: string;
  /** `unknown`: convicted of nothing, and some situation was not met in any round. */
  readonly verdict: SubjectVerdict;
  /** Why, if it is not conformant: what was not met, or what went wrong. */
  readonly reason: string;
  readonly commands: number;
  /** The program that convicted it, as it is read; empty if none did. */
  readonly program: readonly string[];
}

/** Checks the policy of the seed for so many commands, or up to the first conviction. */
export function checkPolicy(seed: number, commands: number, witness?: Witness): PolicyCheck {
  const policy = legalPolicy(seed, witness);
  const preset = PRESETS[seed % PRESETS.length] ?? PRESETS[0];
  let executed = 0;
  let verdict: SubjectVerdict = "unknown";
  let reason = "";
  for (let round = 0; executed < commands; round++) {
    const runs = Math.ceil((commands - executed) / COMMANDS_OF_A_PROGRAM);
    const report = run(policy, {
      seed: seed + 1000 * round,
      runs,
      preset,
      rules: binding,
      earlier: round === 0 ? occasionsOn(preset) : [],
    });
    executed += report.commands;
    const convicting = report.counterexamples.find((each) => each.fails);
    if (convicting !== undefined || report.verdict === "broken") {
      return {
        seed,
        preset,
        verdict: report.verdict,
        reason: report.problem ?? (convicting?.broken ?? []).join(", "),
        commands: executed,
        program: convicting === undefined ? [] : linesOf(convicting),
      };
    }
    if (report.verdict === "conformant") verdict = "conformant";
    else if (round === 0) reason = report.rules.flatMap((each) => reasonOf(each)).join("; ");
  }
  if (verdict === "conformant") reason = "";
  return { seed, preset, verdict, reason, commands: executed, program: [] };
}

/** The programs that give occasions, as earlier failures: which is how the checker takes a program. */
function occasionsOn(preset: (typeof PRESETS)[number]): readonly Trace[] {
  const config = presets[preset];
  return occasionsFor(config).map((program) => ({
    header: {
      stalemate: "trace",
      version: 1,
      subject: "occasions",
      config,
      claims: null,
      seed: null,
      path: null,
    },
    steps: program.map((command) => ({ command })),
  }));
}

const linesOf = ({ program, seed, path }: Counterexample): readonly string[] => [
  ...program,
  `seed ${seed}, path "${path}"`,
];

const reasonOf = ({ id, verdict, reason }: ReturnType<typeof run>["rules"][number]): string[] =>
  verdict === "unknown" ? [`${id} ${reason ?? ""}`] : [];
