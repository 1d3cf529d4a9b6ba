// Rules on what a register answers: a success is fresh, covers the request and has its rights; a failure has a
// cause and leaves nothing; what can be a hit is one.

import type { Claims } from "../config.ts";
import type { RegisterOutcome, RegisterRequest } from "../contract.ts";
import { hasAsked } from "../entries.ts";
import { families, isPromised } from "../families.ts";
import { isFresh, isValidFor, mappingOf, userSpanOf } from "../freshness.ts";
import type { ActiveCall, EntryBefore, InstanceView } from "../ledger.ts";
import { includesAccess } from "../memory-manager.ts";
import { regionFrames, type Exposure, type Region } from "../nic.ts";
import { brand, pagesOf, sameRange, spanContains, type PageNumber } from "../units.ts";
import type { WorldView } from "../view.ts";
import { judgeFailedRegister } from "./failed-register.ts";
import { addresses, both, broken, frameNames, none, pages, type Finding } from "./finding.ts";

export function judgeRegister(
  view: WorldView,
  instance: InstanceView,
  claims: Claims,
  active: ActiveCall,
): readonly Finding[] {
  if (active.call.name !== "register" || active.outcome === null) return none;
  const { request } = active.call;
  const outcome = active.outcome as RegisterOutcome;
  if (!outcome.ok)
    return judgeFailedRegister(view, instance, claims, active, request, outcome.error);
  const region = regionOf(view, instance, outcome.region);
  if (region === undefined) {
    const expected = "the region returned is in the NIC";
    return both(
      [broken("LAW-2", expected, `region ${outcome.region} is not`)],
      judgeHit(view, instance, claims, active, request),
    );
  }
  let findings = judgeCover(view, instance, active, request, outcome, region);
  findings = both(findings, judgeFresh(view, instance, active, request, region));
  findings = both(findings, judgeNewUse(view, instance, active, region));
  return both(findings, judgeHit(view, instance, claims, active, request));
}

type Success = Extract<RegisterOutcome, { ok: true }>;

/** The region, if it is one of the instance. */
function regionOf(view: WorldView, instance: InstanceView, key: number): Region | undefined {
  const region = view.region(instance.provider, key);
  return region?.process === instance.process ? region : undefined;
}

/** LAW-6: what was a zombie when the call began is not returned. */
function judgeNewUse(
  view: WorldView,
  instance: InstanceView,
  active: ActiveCall,
  region: Region,
): readonly Finding[] {
  const isNew = active.acquired.mdls.includes(region.mdl);
  if (isNew || view.before(instance.id, active).entry(region.mdl)?.zombie !== true) return none;
  const expected = "an entry is not used anew after a callback over it answered 0";
  return [broken("LAW-6", expected, `region ${region.key} is returned again`)];
}

/** LAW-2, ACCESS-4: the region is live, covers the request at the right offset, and has the rights. */
function judgeCover(
  view: WorldView,
  instance: InstanceView,
  active: ActiveCall,
  request: RegisterRequest,
  outcome: Success,
  region: Region,
): readonly Finding[] {
  const { pageSizeBytes } = view.config;
  const span = pagesOf(request.range, pageSizeBytes);
  const findings: Finding[] = [];
  if (!spanContains(region.span, span)) {
    findings.push(
      broken(
        "LAW-2",
        `a region that covers ${addresses(request.range)}`,
        `region ${region.key}, over ${pages(view, region.span)}`,
      ),
    );
  }
  const offsetBytes = request.range.start - region.span.first * pageSizeBytes;
  if (outcome.offsetBytes !== offsetBytes) {
    findings.push(
      broken(
        "LAW-2",
        `offset ${offsetBytes} in region ${region.key}`,
        `offset ${outcome.offsetBytes}`,
      ),
    );
  }
  if (!includesAccess(region.access, request.access)) {
    const observed = `region ${region.key} allows ${region.access} only`;
    findings.push(
      broken("LAW-2", `a region that allows ${request.access}`, observed),
      broken("ACCESS-4", "a registration has the rights that it was asked for", observed),
    );
  }
  const locked = view.lock(region.mdl);
  if (locked === undefined || !includesAccess(locked.access, request.access)) {
    findings.push(
      broken(
        "LAW-2",
        `the pages of region ${region.key} are locked for ${request.access}`,
        `lock ${region.mdl} is ${locked === undefined ? "gone" : `for ${locked.access} only`}`,
      ),
    );
  }
  const found = both(findings, judgeProtection(view, instance, active, request, region));
  if (request.scope === "local") return found;
  return both(found, judgeKey(view, instance, active, request, outcome));
}

/** ACCESS-4: nothing is registered for an access that the pages forbid. */
function judgeProtection(
  view: WorldView,
  instance: InstanceView,
  active: ActiveCall,
  request: RegisterRequest,
  region: Region,
): readonly Finding[] {
  if (request.access === "read" || active.interrupted) return none;
  if (!hasReadOnlyPage(view, instance, request)) return none;
  const before = view.before(instance.id, active).entry(region.mdl);
  // Under a live registration the application may do as it likes, and some caches are told of no protection at all.
  if (before !== undefined && (before.held || !isPromised("protect", view.claims))) return none;
  return [
    broken(
      "ACCESS-4",
      "nothing is registered for writing on a page that forbids writing",
      `${addresses(request.range)} has a read-only page`,
    ),
  ];
}

function hasReadOnlyPage(
  view: WorldView,
  { process }: InstanceView,
  { range }: RegisterRequest,
): boolean {
  const span = userSpanOf(view, range);
  if (span === null) return false;
  for (let i = 0; i < span.count; i++) {
    const page = view.page(process, brand<PageNumber>(span.first + i));
    if (page?.committed === true && page.protection === "READONLY") return true;
  }
  return false;
}

/** LAW-2, remote: the key is a live exposure of the range to this socket with the rights. */
function judgeKey(
  view: WorldView,
  instance: InstanceView,
  active: ActiveCall,
  request: RegisterRequest,
  outcome: Success,
): readonly Finding[] {
  const exposure = exposureOf(view, instance, outcome);
  const span = pagesOf(request.range, view.config.pageSizeBytes);
  const fault =
    exposure === undefined
      ? `key ${outcome.remoteKey ?? "none"} exposes nothing`
      : exposure.socket !== request.socket
        ? `key ${exposure.key} is for the peer of s_${exposure.socket}`
        : !spanContains(exposure.span, span)
          ? `key ${exposure.key} exposes ${pages(view, exposure.span)}`
          : !includesAccess(exposure.access, request.access)
            ? `key ${exposure.key} allows ${exposure.access} only`
            : isFreshKey(view, instance, active, exposure)
              ? null
              : `key ${exposure.key} leads to region ${exposure.region}, which maps other frames`;
  if (fault === null) return none;
  return [
    broken(
      "LAW-2",
      `a key by which the peer of s_${request.socket} may ${request.access} ${addresses(request.range)}`,
      fault,
    ),
  ];
}

/** The exposure that the outcome names, if it is one of the instance. */
function exposureOf(
  view: WorldView,
  { provider, process }: InstanceView,
  { remoteKey }: Success,
): Exposure | undefined {
  const exposure = remoteKey === undefined ? undefined : view.exposure(provider, remoteKey);
  return exposure?.process === process ? exposure : undefined;
}

/** The peer reaches what the range maps: the key may lead to another region than the one that is returned. */
function isFreshKey(
  view: WorldView,
  instance: InstanceView,
  active: ActiveCall,
  exposure: Exposure,
): boolean {
  const region = regionOf(view, instance, exposure.region);
  return region !== undefined && isFresh(view, instance, active, region);
}

/** LAW-1: the frames are those that the range mapped at some instant of the call. */
function judgeFresh(
  view: WorldView,
  instance: InstanceView,
  active: ActiveCall,
  request: RegisterRequest,
  region: Region,
): readonly Finding[] {
  const span = pagesOf(request.range, view.config.pageSizeBytes);
  if (!spanContains(region.span, span)) return none;
  if (isFresh(view, instance, active, region)) return none;
  const mapped = mappingOf(view, instance.process, request.range);
  const isMapped = isValidFor(view, instance.process, request.range, "read");
  return [
    broken(
      "LAW-1",
      isMapped || mapped.some((pfn) => pfn !== null)
        ? `a region that maps ${frameNames(mapped)}`
        : "an error, or a region of memory that the range maps: it maps no frame",
      `region ${region.key}, which still maps ${frameNames(regionFrames(region, span))}`,
    ),
  ];
}

/** LOCAL-3, REMOTE-3, LAW-8: a range that an entry covers, with the rights, needs no work. */
function judgeHit(
  view: WorldView,
  instance: InstanceView,
  claims: Claims,
  active: ActiveCall,
  request: RegisterRequest,
): readonly Finding[] {
  const { work } = active;
  const done = work.lock + work.secure + work.nicRegister;
  if (done === 0 || active.interrupted || active.wasInvalid || !mayKeep(claims)) return none;
  const remote = request.scope === "remote";
  if (!(remote ? claims.caches.remote : claims.caches.local)) return none;
  const usable = usableEntries(view, instance, claims, active, request);
  // A region may hold fewer rights than the lock under it.
  const hit = usable.find(({ regions }) =>
    regions.some((region) => includesAccess(region.access, request.access)),
  );
  if (hit !== undefined && isUnchanged(view, hit, active)) {
    const observed = `${done} host calls, as if ${pages(view, hit.span)} were not registered`;
    return [
      broken(remote ? "REMOTE-3" : "LOCAL-3", "a hit does no registration work", observed),
      ...(hit.held
        ? []
        : [broken("LAW-8", "a repeat of a cached registration is a hit", observed)]),
    ];
  }
  const onLock = usable.some((each) => each.regions.length === 0);
  if (!remote || hit !== undefined || !onLock || work.lock === 0) return none;
  const expected = "a kept lock is registered once more, not locked anew";
  return [broken("REMOTE-3", expected, `${work.lock} locks`)];
}

/** It hears of changes, one way or another, and so may find again what it kept. */
function mayKeep({ callback, notification }: Claims): boolean {
  const { delivery } = families[notification];
  return callback || delivery === "queued" || delivery === "asked";
}

/** The entries of its scope that could have served the request when it came. */
function usableEntries(
  view: WorldView,
  instance: InstanceView,
  claims: Claims,
  active: ActiveCall,
  { range, access, scope }: RegisterRequest,
): readonly EntryBefore[] {
  const span = pagesOf(range, view.config.pageSizeBytes);
  const over = view.before(instance.id, active).entriesOver(span);
  if (over.length === 0) return over;
  return over.filter(
    (each) =>
      !each.zombie &&
      !each.unreleased &&
      each.remote === (scope === "remote") &&
      includesAccess(each.access, access) &&
      spanContains(each.span, span) &&
      (claims.hit === "containment" || each.ranges.some((other) => sameRange(other, range))),
  );
}

/** Nothing remapped the entry's pages: its frames are those that the range maps. */
function isUnchanged(view: WorldView, entry: EntryBefore, active: ActiveCall): boolean {
  if (active.call.name !== "register") return false;
  const mdl = view.lock(entry.mdl);
  if (mdl === undefined) return !hasAsked(active);
  const span = pagesOf(active.call.request.range, view.config.pageSizeBytes);
  const from = span.first - mdl.span.first;
  const frames = mdl.frames.slice(from, from + span.count);
  return frames.every((pfn, i) => pfn === active.mappings[0]?.frames[i]);
}
