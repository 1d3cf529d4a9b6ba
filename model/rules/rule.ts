// What a rule is: the shape of a row of the catalogue, and the values that most rows share.
//
// A rule is data. How it is decided from events is the judge's business; nothing here depends on it.

import type { NotificationFamily } from "../contract.ts";

/** The name of a rule. Stable for ever: a withdrawn id is never given to another rule. */
export type RuleId =
  | `LOCAL-${1 | 2 | 3 | 4 | 5}`
  | `REMOTE-${1 | 2 | 3 | 4}`
  | `OWN-${1 | 2 | 3 | 4 | 5}`
  | `ACCESS-${1 | 2 | 3 | 4 | 5}`
  | `SPI-${1 | 2 | 3 | 4 | 5 | 6 | 7}`
  | `MM-${1 | 2 | 3 | 4}`
  | `LAW-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13}`
  | "LAW-3b";

/** `must` and `derived` decide conformance; a broken `should` is reported and does not fail. */
export type RuleLevel = "must" | "should" | "derived";

/** `provider`: a whole SAN service provider, with the cache inside it. `world`: the played operating system and NIC. */
export type SubjectKind = "cache" | "provider" | "driver" | "world" | "async-cache";

/**
 * A capability that a cache declares, or declares not to have. `caches.local`, `caches.remote`: it keeps
 * buffers of that scope. `invalidate`: it has the callback. `limits`: at least one is not null. `defer`,
 * `refuse`: its in-use policy.
 */
export type RuleNeed =
  "caches.local" | "caches.remote" | "invalidate" | "no invalidate" | "limits" | "defer" | "refuse";

/** A row of the catalogue. */
export interface Rule {
  readonly id: RuleId;
  /** The word by which people call it, null where the id is all there is. */
  readonly name: string | null;
  readonly level: RuleLevel;
  /** What holds: full sentences in the present tense that can be read without any other rule. */
  readonly sentence: string;
  /** Document and item; for a rule of our own, the rules that it follows from. */
  readonly source: string;
  /** Kinds of subject it is judged on; "not applicable" to the others. */
  readonly appliesTo: readonly SubjectKind[];
  /** Notification families in which it applies; "not applicable" in the others. */
  readonly families: readonly NotificationFamily[] | "all";
  /** All of these must be declared by a cache, else "not applicable". Other subjects declare none. */
  readonly needs: readonly RuleNeed[];
  /** The situation that the rule is about. Never reached: "unknown", never "pass". */
  readonly witness: string;
  /** Why `check` does not judge the rule; null for a rule that it does. */
  readonly notJudged: string | null;
}

/** What a row says unless it says otherwise: nameless, judged, in every family, of every declaration. */
export const ordinary: Pick<Rule, "name" | "families" | "needs" | "notJudged"> = {
  name: null,
  families: "all",
  needs: [],
  notJudged: null,
};

/** Where a change is seen only in ranges that the cache secured or, outside Windows, watches. */
export const watchingFamilies: readonly NotificationFamily[] = [
  "refuse-notify-retry",
  "notify-before",
  "notify-before-queued",
  "notify-after-blocked",
];

/**
 * Where the cache is told by a call of its `invalidate`. In notify-before-queued the change waits until the
 * cache polls for it, so that there is no callback whose answer could be judged.
 */
export const callbackFamilies: readonly NotificationFamily[] = [
  "refuse-notify-retry",
  "notify-before",
  "notify-after-blocked",
];

/** Where the operating system refuses an operation on a secured range, notifies, and tries once more. */
export const securingFamilies: readonly NotificationFamily[] = ["refuse-notify-retry"];
