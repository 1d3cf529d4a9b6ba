// docs/rules.md, rendered from the rule catalogue. The page is generated so that a report, a rule and the
// sentence a reader finds behind a link cannot differ.
//
// Run after a build: `node dist/src/report/rules-page.js --write`, or `--check` to compare only.

import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import {
  ruleAnchor,
  rules,
  type Rule,
  type RuleLevel,
  type SubjectKind,
} from "../../model/rules.ts";

/** Where the page lives, relative to the root of the project. */
export const rulesPagePath = "docs/rules.md";

const introduction = `# Rules

<!-- Generated from model/rules.ts by \`npm run docs\`; do not edit. -->

Every verdict names one of these rules. Their ids are stable for ever.

## Levels

- **must**: a document states it as an obligation, or nothing works without it. It decides conformance.
- **derived**: no document states it; it follows from rules that one does state, named as its source. It
  counts as a must.
- **should**: a document recommends it. Breaking it is reported as non-strict and fails nothing.

A subject is **conformant** when every must and every derived rule that applies to it passes. A provider
that never caches, and declares so, is conformant; one that refuses every register is not.

## Verdicts

| verdict | meaning |
| --- | --- |
| \`pass\` | the situation the rule is about was reached, and the rule held |
| \`fail\` | a must or derived rule was broken |
| \`non-strict\` | a should rule was broken |
| \`not applicable\` | the kind of subject, a declared capability or the notification family excludes the rule; the declaration itself is checked |
| \`unknown\` | the situation was never reached, or the budget ended first |
| \`broken\` | the subject threw outside its contract, did not return, or is not deterministic |

A run stops at the first event that breaks a rule. Every rule broken at that event is listed, the
primary one first, by a fixed precedence in which causes stand before their consequences and should
rules last.

Never judged: how long a lock is held, races on shared memory between two host calls, and changes of a
mapping that are outside the coverage set a cache declares.`;

const definitions = `## Definitions

All of them are decided from events alone: calls, host calls with their results, responses and
notifications. Nobody looks inside a subject.

- **Provider instance**: one provider in one process.
- **Whole provider**: it has a cache inside. What applies to registration caches applies to it too.
- **Callback**: WSPMemoryRegistrationCacheCallback, the \`invalidate\` of a cache.
- **Quiescent**: no call of the provider instance has begun and not yet returned. Rules about states are
  judged at quiescent points.
- **Incarnation** of a region: from the NIC's successful register to its successful deregister. These
  two events are its identity; a key is not.
- **Live instance**: a successful register that no successful deregister has matched yet. It names one
  incarnation of a region.
- **Held**: a region is held while a live instance names it or a transfer on it is in flight; locked
  pages are held while a region on them is.
- **Idle**, which the documents call cached: locked pages or a region of the provider instance that, at a
  quiescent point, are neither held nor a zombie.
- **Zombie**: a held region over which a callback has returned 0 since it was registered. It goes with the
  last deregister, or within the bound that the cache declares for pending work.
- **Failed release**: when the NIC or the proxy driver refuses a release, what remains is still an idle
  entry. It keeps its secure until it is gone, the callback answers WSAEFAULT for it, and a later call
  tries again. The order of release is region, lock, secure.
- **In-use policy**, declared by the cache, for a callback over a held region. \`refuse\`: it answers
  WSAEFAULT, nothing of the region changes, and the application's operation stays refused. \`defer\`: it
  answers 0; the region is unsecured at once and never found again, while its lock and the region itself
  stay until the last deregister and then go. Both are legal; releasing the lock or the region of a held
  entry is not.
- **Coverage set**: the kinds of mapping change after which a cache promises never to be stale.
- **Notification family**: what stands between a change of the mapping and the cache.

| family | what happens |
| --- | --- |
| \`refuse-notify-retry\` | Windows: the change is refused while a secure covers it; the callback runs; one retry |
| \`notify-before\` | the callback runs, then the mapping changes |
| \`notify-before-queued\` | the event waits in a queue that the cache drains before it looks anything up |
| \`notify-after-blocked\` | the mapping has changed; whoever changed it waits until the cache knows |
| \`validate-on-hit\` | nobody is told; the cache compares generations before it returns an entry |
| \`none\` | nobody is told; buffers are deregistered before they change |`;

/** The group of an id is what stands before its hyphen. */
const groupTitles: Readonly<Record<string, string>> = {
  LOCAL: "LOCAL: caching buffers for local access",
  REMOTE: "REMOTE: caching buffers exposed to the peer",
  OWN: "OWN: securing and releasing user memory",
  ACCESS: "ACCESS: who may reach registered memory",
  SPI: "SPI: the service provider interface",
  MM: "MM: the operating system's half",
  LAW: "LAW: what follows",
};

const levelWords: Readonly<Record<RuleLevel, string>> = {
  must: "must",
  should: "should",
  derived: "derived (counts as must)",
};

const kindWords: Readonly<Record<SubjectKind, string>> = {
  cache: "registration caches",
  provider: "whole providers",
  driver: "proxy drivers",
  world: "the played world",
  "async-cache": "async caches",
};

/** The whole page as Markdown, in the order of `rules`; ends with a newline. */
export function renderRulesPage(rules: readonly Rule[]): string {
  const parts = [introduction, definitions];
  let open = "";
  for (const rule of rules) {
    const group = groupOf(rule);
    if (group !== open) {
      parts.push(`## ${groupTitles[group] ?? group}`);
      open = group;
    }
    parts.push(renderRule(rule));
  }
  return `${parts.join("\n\n")}\n`;
}

function groupOf(rule: Rule): string {
  return rule.id.slice(0, rule.id.indexOf("-"));
}

function renderRule(rule: Rule): string {
  const heading = rule.name === null ? rule.id : `${rule.id} ${rule.name}`;
  const lines = [
    `<a id="${ruleAnchor(rule.id)}"></a>`,
    "",
    `### ${heading}`,
    "",
    rule.sentence,
    "",
    `- Level: ${levelWords[rule.level]}`,
    `- Applies to: ${rule.appliesTo.map((kind) => kindWords[kind]).join(", ")}`,
    `- Source: ${rule.source}`,
    `- Witness: ${rule.witness}`,
  ];
  if (rule.families !== "all") lines.push(`- Notification families: ${codeList(rule.families)}`);
  if (rule.needs.length > 0) lines.push(`- Capabilities needed: ${codeList(rule.needs)}`);
  if (rule.notJudged !== null) lines.push(`- Not judged by \`check\`: ${rule.notJudged}`);
  return lines.join("\n");
}

function codeList(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(", ");
}

function readPage(): string | null {
  if (!existsSync(rulesPagePath)) return null;
  // A checkout on Windows may have turned the line ends.
  return readFileSync(rulesPagePath, "utf8").replaceAll("\r\n", "\n");
}

function main(mode: string | undefined): void {
  const page = renderRulesPage(rules);
  if (mode === "--write") {
    writeFileSync(rulesPagePath, page);
  } else if (mode !== "--check") {
    console.error(`rules-page: expected --write or --check, was given ${mode ?? "nothing"}.`);
    process.exitCode = 2;
  } else if (readPage() !== page) {
    console.error(`${rulesPagePath} differs from the rule catalogue. Run \`npm run docs\`.`);
    process.exitCode = 1;
  }
}

const started = process.argv[1];
if (started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url)) {
  main(process.argv[2]);
}
