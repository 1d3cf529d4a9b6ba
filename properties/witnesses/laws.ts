// Situations of the laws that are derived, and of the operating system.

import { isIdle } from "../../model/entries.ts";
import { brand, spanContains } from "../../model/units.ts";
import { hostFailed, isRemote, keepsLocal, succeeded, type Situation } from "./scene.ts";

export const laws: readonly Situation[] = [
  {
    rule: "LAW-1",
    name: "a register of a range that was registered and then remapped",
    on: "return",
    call: "register",
    holds: ({ view, instance, range, span }) =>
      instance !== null &&
      range !== null &&
      span !== null &&
      instance.history.some(
        (each) =>
          each.range.start === range.start &&
          each.frames.some(
            (pfn, i) => pfn !== view.mappedFrame(instance.process, brand(span.first + i)),
          ),
      ),
  },
  {
    rule: "LAW-2",
    name: "a hit inside a larger entry",
    required: (claims) => keepsLocal(claims) && claims.hit === "containment",
    on: "return",
    call: "register",
    holds: ({ active, span, over }) =>
      active?.outcome?.ok === true &&
      span !== null &&
      over.some((entry) => spanContains(entry.span, span) && entry.span.count > span.count),
  },
  {
    rule: "LAW-2",
    name: "a register that overlaps an entry",
    on: "return",
    call: "register",
    holds: ({ active, span, over }) =>
      active?.outcome?.ok === true &&
      span !== null &&
      over.some((entry) => !spanContains(entry.span, span)),
  },
  {
    rule: "LAW-2",
    name: "a register adjacent to an entry",
    on: "return",
    call: "register",
    holds: ({ view, active, range, near }) =>
      active?.outcome?.ok === true &&
      range !== null &&
      near.some(({ span }) => {
        const { pageSizeBytes } = view.config;
        return (
          range.start + range.lengthBytes === span.first * pageSizeBytes ||
          range.start === (span.first + span.count) * pageSizeBytes
        );
      }),
  },
  {
    rule: "LAW-2",
    name: "sub-page neighbours",
    required: (_claims, { environment }) => !environment.pageGranular,
    on: "return",
    call: "register",
    holds: ({ view, instance, range, span }) =>
      instance !== null &&
      range !== null &&
      span !== null &&
      view
        .registrationsOver(instance.id, span)
        .some(
          (each) =>
            each.range.start + each.range.lengthBytes <= range.start ||
            range.start + range.lengthBytes <= each.range.start,
        ),
  },
  {
    rule: "LAW-3",
    name: "a callback over several idle entries",
    required: ({ limits }) => (limits.entries ?? 2) > 1 && (limits.pages ?? 2) > 1,
    on: "return",
    call: "invalidate",
    holds: ({ over }) => over.filter(isIdle).length > 1,
  },
  {
    rule: "LAW-3",
    name: "a callback over part of an idle entry",
    on: "return",
    call: "invalidate",
    holds: ({ span, over }) =>
      span !== null && over.some((each) => isIdle(each) && !spanContains(span, each.span)),
  },
  {
    rule: "LAW-3b",
    name: "a callback beside an idle entry",
    on: "return",
    call: "invalidate",
    holds: ({ before, over }) =>
      before !== null && before.totals.idleEntries > over.filter(isIdle).length,
  },
  {
    rule: "LAW-4",
    name: "an injected failure of a lock",
    on: "return",
    holds: hostFailed("lock"),
  },
  {
    rule: "LAW-4",
    name: "an injected failure of a secure",
    required: (claims) => keepsLocal(claims) && claims.notification === "refuse-notify-retry",
    on: "return",
    holds: hostFailed("secure"),
  },
  {
    rule: "LAW-4",
    name: "an injected failure of a NIC register",
    on: "return",
    holds: hostFailed("nicRegister"),
  },
  {
    rule: "LAW-4",
    name: "an injected failure of a NIC deregister",
    on: "return",
    holds: hostFailed("nicDeregister"),
  },
  {
    rule: "LAW-4",
    name: "a clean-up",
    on: "return",
    call: "cleanup",
    holds: () => true,
  },
  {
    rule: "LAW-5",
    name: "a callback over a buffer in use",
    required: (claims) => claims.callback,
    on: "return",
    call: "invalidate",
    holds: ({ over }) => over.some((each) => each.held),
  },
  {
    rule: "LAW-5",
    name: "a call while another buffer is in use",
    on: "return",
    holds: ({ active, before }) =>
      active?.call.name !== "register" && before !== null && before.totals.heldEntries > 0,
  },
  {
    rule: "LAW-6",
    name: "a register of a range that a zombie covers",
    on: "return",
    call: "register",
    holds: ({ active, over }) => active?.outcome?.ok === true && over.some((entry) => entry.zombie),
  },
  {
    rule: "LAW-7",
    name: "a deregister while idle entries fill a limit",
    on: "return",
    call: "deregister",
    required: ({ limits }, { pageCount, environment }) =>
      limits.entries !== null &&
      limits.entries <= 8 &&
      limits.entries < pageCount * (environment.pageGranular ? 1 : 2),
    holds: ({ view, before }) => {
      const { entries = null, pages = null } = view.claims?.limits ?? {};
      if (before === null) return false;
      const { idleEntries, idlePages } = before.totals;
      return (entries !== null && idleEntries >= entries) || (pages !== null && idlePages >= pages);
    },
  },
  {
    rule: "LAW-7",
    name: "a deregister",
    on: "return",
    call: "deregister",
    holds: () => true,
  },
  {
    rule: "LAW-8",
    name: "a repeat of a register whose entry is idle",
    on: "return",
    call: "register",
    holds: ({ isCovered }) => isCovered,
  },
  {
    rule: "LAW-9",
    name: "a transfer",
    on: "transferComplete",
    holds: () => true,
  },
  {
    rule: "LAW-10",
    name: "a callback inside another call",
    required: () => false,
    on: "return",
    call: "invalidate",
    holds: ({ instance }) => (instance?.calls.length ?? 0) > 0,
  },
  {
    rule: "LAW-13",
    name: "a remote register",
    on: "return",
    call: "register",
    holds: (scene) => isRemote(scene) && succeeded(scene),
  },
  {
    rule: "MM-4",
    name: "a process that ends with something locked",
    forDriver: true,
    on: "processExit",
    holds: ({ view, event }) => event.type === "processExit" && view.hasLocks(event.process),
  },
];
