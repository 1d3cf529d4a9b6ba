// Rules on what a callback answers (WSPMemoryRegistrationCacheCallback), and on what it leaves.
//
// A callback that arrives inside another call of the same instance is judged more gently: what the outer call
// is just acquiring or releasing may be answered for by WSAEINVAL or WSAEFAULT, as long as nothing changes.

import type { Claims } from "../config.ts";
import { entriesOf, isIdle, overlapping, securesOf } from "../entries.ts";
import type { ActiveCall, EntryBefore, ProviderInstance } from "../ledger.ts";
import { pagesOf, spansOverlap, type PageSpan } from "../units.ts";
import type { WorldView } from "../view.ts";
import { addresses, broken, lenient, pages, type Finding } from "./finding.ts";

/** The callback's range against what the instance has and had there. */
interface Scene {
  readonly view: WorldView;
  readonly instance: ProviderInstance;
  readonly claims: Claims;
  readonly active: ActiveCall;
  readonly range: string;
  readonly span: PageSpan;
  /** True if a call around the callback is about these pages. */
  readonly isBusy: (span: PageSpan) => boolean;
  /** Idle entries that the range touched when the callback began. */
  readonly idle: readonly EntryBefore[];
  readonly held: readonly EntryBefore[];
}

export function judgeCallback(
  view: WorldView,
  instance: ProviderInstance,
  claims: Claims,
  active: ActiveCall,
): Finding[] {
  const { call, outcome } = active;
  if (call.name !== "invalidate") return [];
  const span = pagesOf(call.range, view.config.pageSizeBytes);
  const outer = instance.calls.flatMap((each) => each.touched);
  const isBusy = (other: PageSpan): boolean => outer.some((each) => spansOverlap(each, other));
  const before = overlapping(active.before.entries, span).filter((each) => !isBusy(each.span));
  const scene: Scene = {
    view,
    instance,
    claims,
    active,
    range: addresses(call.range),
    span,
    isBusy,
    idle: before.filter(isIdle),
    held: before.filter((each) => each.held),
  };
  const answer = outcome === null || outcome.ok ? null : outcome.error;
  const findings =
    answer === null
      ? judgeReleased(scene)
      : answer === "WSAEFAULT"
        ? judgeNotReleased(scene)
        : judgeNothingThere(scene);
  return [...findings, ...judgeBystanders(scene)];
}

/** 0: everything of the instance in the range is released, but what is held and will not be found again. */
function judgeReleased(scene: Scene): Finding[] {
  const { view, instance, claims, span, isBusy, idle, held } = scene;
  const secures = overlapping(securesOf(view, instance), span).filter((each) => !isBusy(each.span));
  const entries = overlapping(entriesOf(view, instance), span).filter(
    (each) => !isBusy(each.span) && !each.zombie,
  );
  const wasRemote = [...idle, ...held].some((each) => each.remote);
  const rule = wasRemote ? "REMOTE-4" : "LOCAL-4";
  const findings: Finding[] = [];
  const left = [
    ...secures.map((each) => `secure ${each.handle}`),
    ...entries.filter((each) => each.locked).map((each) => `lock ${each.mdl}`),
    ...entries.flatMap((each) => each.regions.map((region) => `region ${region.key}`)),
  ];
  if (left.length > 0) {
    const observed = `${left.join(", ")} ${left.length === 1 ? "is" : "are"} left there`;
    findings.push(
      broken(
        rule,
        `nothing of the cache is left in ${scene.range} once the callback answers 0`,
        observed,
      ),
      broken("SPI-5", "0 only when everything in the range is released", observed),
    );
  }
  findings.push(...judgeMissed(scene));
  if (claims.inUse === "refuse" && held.length > 0) {
    findings.push(
      broken(
        "SPI-5",
        "WSAEFAULT over a buffer in use, as the cache declares (inUse: refuse)",
        `0 over ${held.map((each) => pages(view, each.span)).join(", ")}`,
      ),
    );
  }
  const hadSecures = overlapping(scene.active.before.secures, span).length > 0;
  if (overlapping(scene.active.before.entries, span).length === 0 && !hadSecures) {
    findings.push(lenient("SPI-5", `WSAEINVAL, since nothing was cached in ${scene.range}`, "0"));
  }
  return findings;
}

/** LAW-3: no idle entry that shares a page with the range is missed. */
function judgeMissed(scene: Scene): Finding[] {
  const { view, instance, idle } = scene;
  const now = entriesOf(view, instance);
  const missed = idle.filter((each) =>
    now.some((entry) => entry.mdl === each.mdl && !entry.unreleased && !entry.zombie),
  );
  if (missed.length === 0) return [];
  return [
    broken(
      "LAW-3",
      `every idle entry that shares a page with ${scene.range} is released`,
      `${missed.map((each) => pages(view, each.span)).join(", ")} is still there`,
    ),
  ];
}

/** WSAEFAULT: something of the instance remains, because it is held or a host call failed. */
function judgeNotReleased(scene: Scene): Finding[] {
  const { view, instance, claims, active, span, held } = scene;
  const nested = instance.calls.length > 0;
  const failed = active.failures.length > 0;
  const remains =
    overlapping(entriesOf(view, instance), span).length +
    overlapping(securesOf(view, instance), span).length;
  const owed = overlapping(entriesOf(view, instance), span).some((each) => each.unreleased);
  if (remains === 0) {
    return nested
      ? []
      : [
          broken(
            "SPI-5",
            "WSAEFAULT only when something in the range could not be released",
            `nothing of the cache is in ${scene.range}`,
          ),
        ];
  }
  const findings = judgeMissed(scene);
  if (held.length === 0 && !failed && !nested && !owed) {
    findings.push(
      broken(
        "SPI-5",
        "WSAEFAULT only for a buffer in use, or after a host call failed",
        "neither is so",
      ),
    );
  }
  if (claims.inUse === "defer" && held.length > 0 && !failed && !nested && !owed) {
    findings.push(
      broken("SPI-5", "0 over a buffer in use, as the cache declares (inUse: defer)", "WSAEFAULT"),
    );
  }
  return findings;
}

/** WSAEINVAL: nothing idle or secured was there, and nothing has changed. */
function judgeNothingThere(scene: Scene): Finding[] {
  const { view, instance, active, span, isBusy, idle } = scene;
  const secures = overlapping(active.before.secures, span).filter((each) => !isBusy(each.span));
  // Releases that were owed from before, and that have nothing to do with the range, may be tried here.
  const changed = active.changes.filter(
    (each) => each.span === null || spansOverlap(each.span, span),
  ).length;
  const findings = judgeMissed(scene);
  const there = [
    ...idle.map((each) => `an idle entry over ${pages(view, each.span)}`),
    ...secures.map((each) => `secure ${each.handle}`),
  ];
  const nested = instance.calls.length > 0;
  if (there.length > 0 && !(nested && idle.length === 0)) {
    findings.push(
      broken(
        "SPI-5",
        "WSAEINVAL only when nothing of the cache is in the range",
        `${there.join(", ")} was there`,
      ),
    );
  }
  if (changed > 0) {
    findings.push(
      broken("SPI-5", "WSAEINVAL changes nothing", `${changed} host calls succeeded in it`),
    );
  }
  return findings;
}

/** LAW-3b: a callback loses no idle entry outside its range. */
function judgeBystanders(scene: Scene): Finding[] {
  const { view, instance, active, span, isBusy } = scene;
  // What another thread's callback released meanwhile is that callback's.
  if (active.interrupted) return [];
  const now = entriesOf(view, instance);
  const lost = active.before.entries.filter(
    (each) =>
      isIdle(each) &&
      !spansOverlap(each.span, span) &&
      !isBusy(each.span) &&
      !each.unreleased &&
      !now.some((entry) => entry.mdl === each.mdl && entry.regions.length === each.regions.length),
  );
  if (lost.length === 0) return [];
  return [
    broken(
      "LAW-3b",
      `a callback over ${scene.range} leaves other entries alone`,
      `${lost.map((each) => pages(view, each.span)).join(", ")} is gone`,
    ),
  ];
}
