// Rules on what a register answers: a success is fresh, covers the request and has its rights; a failure has a
// cause and leaves nothing; what can be a hit is one.

import type { Claims } from "../config.ts";
import type { RegisterOutcome, RegisterRequest } from "../contract.ts";
import { entriesOf, isIdle, overlapping, securesOf } from "../entries.ts";
import { freshFrames, isValidFor, mappingOf } from "../freshness.ts";
import type { ActiveCall, EntryBefore, ProviderInstance } from "../ledger.ts";
import { includesAccess } from "../memory-manager.ts";
import { regionFrames, type Exposure, type Region } from "../nic.ts";
import { brand, pagesOf, sameRange, spanContains, type PageNumber } from "../units.ts";
import type { WorldView } from "../view.ts";
import { addresses, broken, frameNames, pages, type Finding } from "./finding.ts";

export function judgeRegister(
  view: WorldView,
  instance: ProviderInstance,
  claims: Claims,
  active: ActiveCall,
): Finding[] {
  if (active.call.name !== "register" || active.outcome === null) return [];
  const { request } = active.call;
  const outcome = active.outcome as RegisterOutcome;
  if (!outcome.ok) return judgeFailure(view, instance, claims, active, request, outcome.error);
  const region = view
    .regions(instance.provider)
    .find((each) => each.key === outcome.region && each.process === instance.process);
  return [
    ...judgeCover(view, instance, active, request, outcome, region),
    ...judgeFresh(view, instance, active, request, region),
    ...(region !== undefined &&
    active.before.entries.some((each) => each.zombie && each.mdl === region.mdl)
      ? [
          broken(
            "LAW-6",
            "an entry is not used anew after a callback over it answered 0",
            `region ${region.key} is returned again`,
          ),
        ]
      : []),
    ...judgeHit(view, claims, active, request),
  ];
}

type Success = Extract<RegisterOutcome, { ok: true }>;

/** LAW-2, ACCESS-4: the region is live, covers the request at the right offset, and has the rights. */
function judgeCover(
  view: WorldView,
  instance: ProviderInstance,
  active: ActiveCall,
  request: RegisterRequest,
  outcome: Success,
  region: Region | undefined,
): Finding[] {
  const { pageSizeBytes } = view.config;
  const span = pagesOf(request.range, pageSizeBytes);
  if (region === undefined) {
    return [
      broken("LAW-2", "the region returned is in the NIC", `region ${outcome.region} is not`),
    ];
  }
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
  const locked = view.locked().find((mdl) => mdl.handle === region.mdl);
  if (locked === undefined || !includesAccess(locked.access, request.access)) {
    findings.push(
      broken(
        "LAW-2",
        `the pages of region ${region.key} are locked for ${request.access}`,
        `lock ${region.mdl} is ${locked === undefined ? "gone" : `for ${locked.access} only`}`,
      ),
    );
  }
  findings.push(...judgeProtection(view, instance, request, region));
  if (request.scope === "remote")
    findings.push(...judgeKey(view, instance, active, request, outcome));
  return findings;
}

/** ACCESS-4: nothing is registered for an access that the pages forbid. */
function judgeProtection(
  view: WorldView,
  instance: ProviderInstance,
  request: RegisterRequest,
  region: Region,
): Finding[] {
  const active = instance.lastCall;
  // Under a live registration the application may do as it likes; who shares that one is LAW-1's business.
  const wasHeld = active?.before.entries.some((each) => each.held && each.mdl === region.mdl);
  const forbidding = mappingOf(view, instance.process, request.range).some((_, i) => {
    const span = pagesOf(request.range, view.config.pageSizeBytes);
    const page = view.page(instance.process, brand<PageNumber>(span.first + i));
    const writes = request.access !== "read";
    return page?.committed === true && writes && page.protection === "READONLY";
  });
  if (!forbidding || wasHeld === true || active?.interrupted === true) return [];
  return [
    broken(
      "ACCESS-4",
      "nothing is registered for writing on a page that forbids writing",
      `${addresses(request.range)} has a read-only page`,
    ),
  ];
}

/** LAW-2, remote: the key is a live exposure of the range to this socket with the rights. */
function judgeKey(
  view: WorldView,
  instance: ProviderInstance,
  active: ActiveCall,
  request: RegisterRequest,
  outcome: Success,
): Finding[] {
  const exposure = view
    .exposures(instance.provider)
    .find((each) => each.key === outcome.remoteKey && each.process === instance.process);
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
  if (fault === null) return [];
  return [
    broken(
      "LAW-2",
      `a key by which the peer of s_${request.socket} may ${request.access} ${addresses(request.range)}`,
      fault,
    ),
  ];
}

/** The peer reaches what the range maps: the key may lead to another region than the one that is returned. */
function isFreshKey(
  view: WorldView,
  instance: ProviderInstance,
  active: ActiveCall,
  exposure: Exposure,
): boolean {
  const region = view
    .regions(instance.provider)
    .find((each) => each.key === exposure.region && each.process === instance.process);
  return region !== undefined && freshFrames(view, instance, active, region) !== null;
}

/** LAW-1: the frames are those that the range mapped at some instant of the call. */
function judgeFresh(
  view: WorldView,
  instance: ProviderInstance,
  active: ActiveCall,
  request: RegisterRequest,
  region: Region | undefined,
): Finding[] {
  const span = pagesOf(request.range, view.config.pageSizeBytes);
  if (region === undefined || !spanContains(region.span, span)) return [];
  if (freshFrames(view, instance, active, region) !== null) return [];
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

/** SPI-1, LAW-4, LAW-7, LAW-9: a failure has a cause and leaves nothing that it acquired. */
function judgeFailure(
  view: WorldView,
  instance: ProviderInstance,
  claims: Claims,
  active: ActiveCall,
  request: RegisterRequest,
  error: "WSAENOBUFS" | "WSAEFAULT",
): Finding[] {
  const findings = judgeLeftovers(view, instance, active);
  const faulted = active.failures.some(
    (each) => each.error === "STATUS_ACCESS_VIOLATION" && each.badBlock,
  );
  const failed = active.failures.some(
    (each) => each.call !== "unlock" && each.call !== "nicDeregister",
  );
  if (error === "WSAEFAULT") {
    if (!active.wasInvalid && !faulted) {
      findings.push(
        broken(
          "SPI-1",
          "WSAEFAULT only for a range that is not wholly valid for the access",
          `${addresses(request.range)} is, and no host call faulted`,
        ),
      );
    }
    return findings;
  }
  const held = active.before.entries.filter((each) => each.held);
  const { entries: most, pages: mostPages } = claims.limits;
  const span = pagesOf(request.range, view.config.pageSizeBytes);
  const heldPages = held.reduce((sum, each) => sum + each.span.count, 0);
  const full =
    (most !== null && held.length >= most && most > 0) ||
    (mostPages !== null && mostPages > 0 && heldPages + span.count > mostPages);
  if (!failed && !full) {
    findings.push(
      broken(
        "SPI-1",
        "WSAENOBUFS only if a host call failed or buffers in use fill a limit",
        "every host call succeeded",
      ),
    );
    return findings;
  }
  const exhausted = active.failures.some((each) => each.error === "NO_RESOURCES" && !each.injected);
  const injected = active.failures.some((each) => each.injected);
  const evictable = entriesOf(view, instance).filter(
    (entry) => isIdle(entry) && entry.regions.length > 0 && !entry.unreleased,
  );
  if (exhausted && !injected && evictable.length > 0 && active.failures.at(-1)?.error !== "BUSY") {
    const observed = `WSAENOBUFS while ${evictable.length} idle ${evictable.length === 1 ? "entry fills" : "entries fill"} the NIC`;
    findings.push(
      broken("LAW-7", "idle entries make room before a register fails", observed),
      broken("LAW-9", "the register succeeds, as it does without a cache", observed),
    );
  }
  return findings;
}

function judgeLeftovers(
  view: WorldView,
  instance: ProviderInstance,
  active: ActiveCall,
): Finding[] {
  const owed = instance.unreleased.map((each) => each.mdl);
  const mdls = active.acquired.mdls.filter((mdl) => !owed.includes(mdl));
  // A secure may be for an entry that was there before and still is, or whose release is owed.
  const kept = entriesOf(view, instance).filter((each) =>
    active.before.entries.some((before) => before.mdl === each.mdl),
  );
  const secures = securesOf(view, instance)
    .filter((each) => active.acquired.secures.includes(each.handle))
    .filter((each) => owed.length === 0 && overlapping(kept, each.span).length === 0)
    .map((each) => each.handle);
  const regions = view
    .regions(instance.provider)
    .filter((each) => mdls.includes(each.mdl) && each.process === instance.process);
  const left = [
    ...mdls.map((mdl) => `lock ${mdl}`),
    ...secures.map((handle) => `secure ${handle}`),
    ...regions.map((region) => `region ${region.key}`),
  ];
  if (left.length === 0) return [];
  const observed = `${left.join(", ")} ${left.length === 1 ? "is" : "are"} left`;
  return [
    broken("LAW-4", "a failing step releases what the earlier ones acquired", observed),
    broken("SPI-1", "a register that fails leaves nothing behind", observed),
  ];
}

/** LOCAL-3, REMOTE-3, LAW-8: a range that an entry covers, with the rights, needs no work. */
function judgeHit(
  view: WorldView,
  claims: Claims,
  active: ActiveCall,
  request: RegisterRequest,
): Finding[] {
  const remote = request.scope === "remote";
  if (!(remote ? claims.caches.remote : claims.caches.local)) return [];
  if (active.interrupted || active.wasInvalid || !claims.callback) return [];
  const span = pagesOf(request.range, view.config.pageSizeBytes);
  const usable = active.before.entries.filter(
    (each) =>
      !each.zombie &&
      !each.unreleased &&
      includesAccess(each.access, request.access) &&
      spanContains(each.span, span) &&
      (claims.hit === "containment" ||
        each.ranges.some((range) => sameRange(range, request.range))),
  );
  const { work } = active;
  // A region may hold fewer rights than the lock under it.
  const hit = usable.find(
    (each) =>
      each.remote === remote &&
      each.regions.some((region) => includesAccess(region.access, request.access)),
  );
  const onLock = usable.find((each) => each.regions.length === 0 && each.remote === remote);
  const done = work.lock + work.secure + work.nicRegister;
  if (hit !== undefined && done > 0 && isUnchanged(view, hit, active)) {
    const observed = `${done} host calls, as if ${pages(view, hit.span)} were not registered`;
    return [
      broken(remote ? "REMOTE-3" : "LOCAL-3", "a hit does no registration work", observed),
      ...(hit.held
        ? []
        : [broken("LAW-8", "a repeat of a cached registration is a hit", observed)]),
    ];
  }
  if (remote && hit === undefined && onLock !== undefined && work.lock > 0) {
    return [
      broken(
        "REMOTE-3",
        "a kept lock is registered once more, not locked anew",
        `${work.lock} locks`,
      ),
    ];
  }
  return [];
}

/** Nothing remapped the entry's pages: its frames are those that the range maps. */
function isUnchanged(view: WorldView, entry: EntryBefore, active: ActiveCall): boolean {
  if (active.call.name !== "register") return false;
  const mdl = view.locked().find((each) => each.handle === entry.mdl);
  if (mdl === undefined) return true;
  const span = pagesOf(active.call.request.range, view.config.pageSizeBytes);
  const from = span.first - mdl.span.first;
  const frames = mdl.frames.slice(from, from + span.count);
  return frames.every((pfn, i) => pfn === active.mappings[0]?.[i]);
}
