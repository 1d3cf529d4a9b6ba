// Rules on a register that fails: it has a cause, and leaves nothing.

import type { Claims } from "../config.ts";
import type { RegisterRequest } from "../contract.ts";
import { isIdle } from "../entries.ts";
import type { ActiveCall, InstanceView } from "../ledger.ts";
import { pagesOf } from "../units.ts";
import type { WorldView } from "../view.ts";
import { addresses, both, broken, none, type Finding } from "./finding.ts";

/** SPI-1, LAW-4, LAW-7, LAW-9: a failure has a cause and leaves nothing that it acquired. */
export function judgeFailedRegister(
  view: WorldView,
  instance: InstanceView,
  claims: Claims,
  active: ActiveCall,
  request: RegisterRequest,
  error: "WSAENOBUFS" | "WSAEFAULT",
): readonly Finding[] {
  const leftovers = judgeLeftovers(view, instance, active);
  const { failures } = active;
  if (error === "WSAEFAULT") {
    const faulted = failures.some(
      (each) => each.error === "STATUS_ACCESS_VIOLATION" && each.badBlock,
    );
    if (active.wasInvalid || faulted) return leftovers;
    const expected = "WSAEFAULT only for a range that is not wholly valid for the access";
    const observed = `${addresses(request.range)} is, and no host call faulted`;
    return both(leftovers, [broken("SPI-1", expected, observed)]);
  }
  if (!hasFailed(active) && !isFilledByHeld(view, instance, claims, active, request)) {
    const expected = "WSAENOBUFS only if a host call failed or buffers in use fill a limit";
    return both(leftovers, [broken("SPI-1", expected, "every host call succeeded")]);
  }
  return both(leftovers, judgeExhausted(view, instance, active));
}

/** SPI-1: without room for the descriptor a register is refused, whenever that is looked at, and leaves nothing. */
export function judgeInvalidRegister(
  view: WorldView,
  instance: InstanceView,
  active: ActiveCall,
): readonly Finding[] {
  const { call, outcome } = active;
  if (call.name !== "registerInvalid" || outcome === null) return none;
  const isRefused = !outcome.ok && (outcome.error === "WSAEFAULT" || hasFailed(active));
  if (isRefused) return judgeLeftovers(view, instance, active);
  const observed = outcome.ok ? "it was accepted" : outcome.error;
  const expected = `WSAEFAULT for a descriptor block of ${call.request.descriptorBytes ?? 0} bytes`;
  return [broken("SPI-1", expected, observed)];
}

/** A host call that acquires something failed. */
const hasFailed = ({ failures }: ActiveCall): boolean =>
  failures.some((each) => each.call !== "unlock" && each.call !== "nicDeregister");

/** Buffers in use alone fill a declared limit. */
function isFilledByHeld(
  view: WorldView,
  instance: InstanceView,
  { limits }: Claims,
  active: ActiveCall,
  request: RegisterRequest,
): boolean {
  const { entries: most, pages: mostPages } = limits;
  const { heldEntries, heldPages } = view.before(instance.id, active).totals;
  const { count } = pagesOf(request.range, view.config.pageSizeBytes);
  return (
    (most !== null && heldEntries >= most && most > 0) ||
    (mostPages !== null && mostPages > 0 && heldPages + count > mostPages)
  );
}

/** LAW-7, LAW-9: a full NIC is no reason to fail while idle entries fill it. */
function judgeExhausted(
  view: WorldView,
  instance: InstanceView,
  { failures }: ActiveCall,
): readonly Finding[] {
  const exhausted = failures.some((each) => each.error === "NO_RESOURCES" && !each.injected);
  if (!exhausted || failures.some((each) => each.injected)) return none;
  if (failures.at(-1)?.error === "BUSY") return none;
  const { idleEntries, owedEntries } = view.totals(instance.id);
  if (idleEntries === owedEntries) return none;
  const evictable = view
    .entries(instance.id)
    .filter((entry) => isIdle(entry) && entry.regions.length > 0 && !entry.unreleased);
  if (evictable.length === 0) return none;
  const observed = `WSAENOBUFS while ${evictable.length} idle ${evictable.length === 1 ? "entry fills" : "entries fill"} the NIC`;
  return [
    broken("LAW-7", "idle entries make room before a register fails", observed),
    broken("LAW-9", "the register succeeds, as it does without a cache", observed),
  ];
}

/** LAW-4, SPI-1: what the call acquired is released, or its release is owed. */
function judgeLeftovers(
  view: WorldView,
  instance: InstanceView,
  active: ActiveCall,
): readonly Finding[] {
  const { acquired } = active;
  if (acquired.mdls.length === 0 && acquired.secures.length === 0) return none;
  const owed = instance.unreleased;
  const mdls = acquired.mdls.filter((mdl) => !owed.some((each) => each.mdl === mdl));
  const before = view.before(instance.id, active);
  // A secure may be for an entry that was there before and still is, or whose release is owed.
  const secures = acquired.secures.filter((handle) => {
    const span = view.secure(handle)?.span;
    if (span === undefined || owed.length > 0) return false;
    return !view
      .entriesOver(instance.id, span)
      .some((each) => before.entry(each.mdl) !== undefined);
  });
  const regions = mdls
    .flatMap((mdl) => view.entriesOn(instance.id, mdl))
    .flatMap((entry) => entry.regions)
    .toSorted((a, b) => a.key - b.key);
  const left = [
    ...mdls.map((mdl) => `lock ${mdl}`),
    ...secures.map((handle) => `secure ${handle}`),
    ...regions.map((region) => `region ${region.key}`),
  ];
  if (left.length === 0) return none;
  const observed = `${left.join(", ")} ${left.length === 1 ? "is" : "are"} left`;
  return [
    broken("LAW-4", "a failing step releases what the earlier ones acquired", observed),
    broken("SPI-1", "a register that fails leaves nothing behind", observed),
  ];
}
