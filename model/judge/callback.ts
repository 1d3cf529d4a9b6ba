// Rules on what a callback answers (WSPMemoryRegistrationCacheCallback), and on what it leaves.
//
// A callback that arrives inside another call of the same instance is judged more gently: what the outer call
// is just acquiring or releasing may be answered for by WSAEINVAL or WSAEFAULT, as long as nothing changes.

import type { Claims } from "../config.ts";
import { isIdle } from "../entries.ts";
import { maySetAside } from "../families.ts";
import type { ActiveCall, Before, EntryBefore, InstanceView } from "../ledger.ts";
import { pagesOf, spansOverlap, type PageSpan } from "../units.ts";
import type { WorldView } from "../view.ts";
import { addresses, both, broken, lenient, none, pages, type Finding } from "./finding.ts";

/** The callback's range against what the instance has and had there. */
interface Scene {
  readonly view: WorldView;
  readonly instance: InstanceView;
  readonly claims: Claims;
  readonly active: ActiveCall;
  readonly before: Before;
  readonly range: string;
  readonly span: PageSpan;
  /** True if a call around the callback, or one that overlapped with it, is about these pages. */
  readonly isBusy: (span: PageSpan) => boolean;
  /** Idle entries that the range touched when the callback began. */
  readonly idle: readonly EntryBefore[];
  readonly held: readonly EntryBefore[];
}

export function judgeCallback(
  view: WorldView,
  instance: InstanceView,
  claims: Claims,
  active: ActiveCall,
): readonly Finding[] {
  const { call, outcome } = active;
  if (call.name !== "invalidate") return none;
  const span = pagesOf(call.range, view.config.pageSizeBytes);
  const isBusy = (other: PageSpan): boolean =>
    instance.calls.some((outer) => isAbout(view, outer, other)) ||
    active.touchedBeside?.some((each) => spansOverlap(each, other)) === true;
  const before = view.before(instance.id, active);
  const there = before.entriesOver(span).filter((each) => !isBusy(each.span));
  const scene: Scene = {
    view,
    instance,
    claims,
    active,
    before,
    range: addresses(call.range),
    span,
    isBusy,
    idle: there.filter(isIdle),
    held: there.filter((each) => each.held),
  };
  const answer = outcome === null || outcome.ok ? null : outcome.error;
  const findings =
    answer === null
      ? judgeReleased(scene)
      : answer === "WSAEFAULT"
        ? judgeNotReleased(scene)
        : judgeNothingThere(scene);
  return both(findings, judgeBystanders(scene));
}

/** The pages are among those of the call's host calls or of its request: a clean-up is about everything. */
function isAbout(view: WorldView, { call, touched }: ActiveCall, span: PageSpan): boolean {
  if (call.name === "cleanup" || touched.some((each) => spansOverlap(each, span))) return true;
  return (
    call.name === "invalidate" && spansOverlap(pagesOf(call.range, view.config.pageSizeBytes), span)
  );
}

/** Another call was in progress: around the callback, or on another thread for a part of the time. */
const isNested = ({ calls }: InstanceView, { touchedBeside }: ActiveCall): boolean =>
  calls.length > 0 || touchedBeside !== undefined;

/** 0: everything of the instance in the range is released, but what is held and will not be found again. */
function judgeReleased(scene: Scene): readonly Finding[] {
  const { view, claims, span, before, held } = scene;
  const findings = [...judgeLeft(scene), ...judgeMissed(scene)];
  if (claims.inUse === "refuse" && held.length > 0) {
    findings.push(
      broken(
        "SPI-5",
        "WSAEFAULT over a buffer in use, as the cache declares (inUse: refuse)",
        `0 over ${held.map((each) => pages(view, each.span)).join(", ")}`,
      ),
    );
  }
  if (before.entriesOver(span).length === 0 && before.securesOver(span).length === 0) {
    findings.push(lenient("SPI-5", `WSAEINVAL, since nothing was cached in ${scene.range}`, "0"));
  }
  return findings;
}

/** LOCAL-4, REMOTE-4, SPI-5: no secure is left in the range, and no lock or region but those of zombies. */
function judgeLeft(scene: Scene): readonly Finding[] {
  const { view, instance, span, isBusy, idle, held } = scene;
  const secures = view.instanceSecuresOver(instance.id, span).filter((each) => !isBusy(each.span));
  const entries = view
    .entriesOver(instance.id, span)
    .filter((each) => !isBusy(each.span) && !each.zombie);
  if (secures.length === 0 && entries.length === 0) return none;
  const wasRemote = [...idle, ...held].some((each) => each.remote);
  const left = [
    ...secures.map((each) => `secure ${each.handle}`),
    ...entries.filter((each) => each.locked).map((each) => `lock ${each.mdl}`),
    ...entries.flatMap((each) => each.regions.map((region) => `region ${region.key}`)),
  ];
  const observed = `${left.join(", ")} ${left.length === 1 ? "is" : "are"} left there`;
  return [
    broken(
      wasRemote ? "REMOTE-4" : "LOCAL-4",
      `nothing of the cache is left in ${scene.range} once the callback answers 0`,
      observed,
    ),
    broken("SPI-5", "0 only when everything in the range is released", observed),
  ];
}

/** LAW-3: no idle entry that shares a page with the range is missed. */
function judgeMissed(scene: Scene): readonly Finding[] {
  const { view, instance, idle } = scene;
  if (idle.length === 0) return none;
  const missed = idle.filter((each) =>
    view.entriesOn(instance.id, each.mdl).some((entry) => !entry.unreleased && !entry.zombie),
  );
  if (missed.length === 0) return none;
  return [
    broken(
      "LAW-3",
      `every idle entry that shares a page with ${scene.range} is released`,
      `${missed.map((each) => pages(view, each.span)).join(", ")} is still there`,
    ),
  ];
}

/** WSAEFAULT: something of the instance remains, because it is held or a host call failed. */
function judgeNotReleased(scene: Scene): readonly Finding[] {
  const { view, instance, claims, active, span, held } = scene;
  const nested = isNested(instance, active);
  const failed = active.failures.length > 0;
  const entries = view.entriesOver(instance.id, span);
  const secures = view.instanceSecuresOver(instance.id, span);
  if (entries.length === 0 && secures.length === 0) {
    return nested
      ? none
      : [
          broken(
            "SPI-5",
            "WSAEFAULT only when something in the range could not be released",
            `nothing of the cache is in ${scene.range}`,
          ),
        ];
  }
  // A secure that reaches into the range stays there for an entry outside of it.
  const reaching = secures.flatMap((each) => view.entriesOver(instance.id, each.span));
  const owed = [...entries, ...reaching].some((each) => each.unreleased);
  const inUse =
    held.length > 0 || (claims.inUse === "refuse" && reaching.some((each) => each.held));
  // What is put aside is gone for every look-up, and nobody sees that; a register that finds it anew breaks LAW-1.
  const findings = maySetAside(claims) ? [] : [...judgeMissed(scene)];
  if (!inUse && !failed && !nested && !owed) {
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
function judgeNothingThere(scene: Scene): readonly Finding[] {
  const { view, instance, active, before, span, isBusy, idle } = scene;
  // What is there no longer was released by a callback inside this one: changes of its own are found below.
  const isLeft = ({ mdl }: EntryBefore): boolean => view.entriesOn(instance.id, mdl).length > 0;
  const left = active.interrupted ? idle.filter(isLeft) : idle;
  const secures = before
    .securesOver(span)
    .filter((each) => !isBusy(each.span))
    .filter((each) => !active.interrupted || view.secure(each.handle) !== undefined);
  // Releases that were owed from before, and that have nothing to do with the range, may be tried here.
  const changed = active.changes.filter(
    (each) => each.span === null || spansOverlap(each.span, span),
  ).length;
  const findings = [...judgeMissed(scene)];
  const there = [
    ...left.map((each) => `an idle entry over ${pages(view, each.span)}`),
    ...secures.map((each) => `secure ${each.handle}`),
  ];
  const nested = isNested(instance, active);
  if (there.length > 0 && !(nested && left.length === 0)) {
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
function judgeBystanders(scene: Scene): readonly Finding[] {
  const { view, instance, active, before, span, isBusy } = scene;
  if (active.work.unlock === 0 && active.work.nicDeregister === 0) return none;
  // What another thread's callback released meanwhile is that callback's.
  if (active.interrupted) return none;
  const lost = before
    .diminished()
    .filter(
      (each) =>
        isIdle(each) &&
        !spansOverlap(each.span, span) &&
        !isBusy(each.span) &&
        !each.unreleased &&
        !view
          .entriesOn(instance.id, each.mdl)
          .some((entry) => entry.regions.length === each.regions.length),
    );
  if (lost.length === 0) return none;
  return [
    broken(
      "LAW-3b",
      `a callback over ${scene.range} leaves other entries alone`,
      `${lost.map((each) => pages(view, each.span)).join(", ")} is gone`,
    ),
  ];
}
