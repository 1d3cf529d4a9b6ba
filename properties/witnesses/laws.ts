// Situations of the laws that are derived, and of the operating system.

import { isIdle } from "../../model/entries.ts";
import { brand, pagesOf, spanContains, spansOverlap } from "../../model/units.ts";
import {
  idleOf,
  succeeded,
  touched,
  registerMeets,
  isRemote,
  hostFailed,
  keepsLocal,
  coveredByEntry,
  type Situation,
} from "./scene.ts";

export const laws: readonly Situation[] = [
  {
    rule: "LAW-1",
    name: "a register of a range that was registered and then remapped",
    on: "return",
    call: "register",
    holds: ({ view, active, instance }) => {
      if (active?.call.name !== "register" || instance === null) return false;
      const { range } = active.call.request;
      return instance.history.some(
        (each) =>
          each.range.start === range.start &&
          each.frames.some(
            (pfn, i) =>
              pfn !==
              view.mappedFrame(
                instance.process,
                brand(pagesOf(range, view.config.pageSizeBytes).first + i),
              ),
          ),
      );
    },
  },
  {
    rule: "LAW-2",
    name: "a hit inside a larger entry",
    required: (claims) => keepsLocal(claims) && claims.hit === "containment",
    on: "return",
    call: "register",
    holds: (scene) =>
      registerMeets(
        scene,
        (entry, { start, end, page }) =>
          entry.span.first * page <= start &&
          end <= (entry.span.first + entry.span.count) * page &&
          entry.span.count * page > end - start + page,
      ),
  },
  {
    rule: "LAW-2",
    name: "a register that overlaps an entry",
    on: "return",
    call: "register",
    holds: (scene) =>
      registerMeets(
        scene,
        (entry, { start, end, page }) =>
          entry.span.first * page < end &&
          start < (entry.span.first + entry.span.count) * page &&
          !(
            entry.span.first * page <= start && end <= (entry.span.first + entry.span.count) * page
          ),
      ),
  },
  {
    rule: "LAW-2",
    name: "a register adjacent to an entry",
    on: "return",
    call: "register",
    holds: (scene) =>
      registerMeets(
        scene,
        (entry, { start, end, page }) =>
          end === entry.span.first * page || start === (entry.span.first + entry.span.count) * page,
      ),
  },
  {
    rule: "LAW-2",
    name: "sub-page neighbours",
    required: (_claims, { environment }) => !environment.pageGranular,
    on: "return",
    call: "register",
    holds: ({ view, active, instance }) => {
      if (active?.call.name !== "register" || instance === null) return false;
      const { range } = active.call.request;
      const { pageSizeBytes } = view.config;
      return instance.registrations.some(
        (each) =>
          (each.range.start + each.range.lengthBytes <= range.start ||
            range.start + range.lengthBytes <= each.range.start) &&
          spansOverlap(pagesOf(each.range, pageSizeBytes), pagesOf(range, pageSizeBytes)),
      );
    },
  },
  {
    rule: "LAW-3",
    name: "a callback over several idle entries",
    required: ({ limits }) => (limits.entries ?? 2) > 1 && (limits.pages ?? 2) > 1,
    on: "return",
    call: "invalidate",
    holds: (scene) => touched(scene, isIdle).length > 1,
  },
  {
    rule: "LAW-3",
    name: "a callback over part of an idle entry",
    on: "return",
    call: "invalidate",
    holds: (scene) =>
      touched(
        scene,
        (each) =>
          isIdle(each) &&
          scene.active?.call.name === "invalidate" &&
          !spanContains(
            pagesOf(scene.active.call.range, scene.view.config.pageSizeBytes),
            each.span,
          ),
      ).length > 0,
  },
  {
    rule: "LAW-3b",
    name: "a callback beside an idle entry",
    on: "return",
    call: "invalidate",
    holds: (scene) =>
      scene.active !== null &&
      idleOf(scene.active).some(
        (each) =>
          scene.active?.call.name === "invalidate" &&
          !spansOverlap(
            pagesOf(scene.active.call.range, scene.view.config.pageSizeBytes),
            each.span,
          ),
      ),
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
    required: keepsLocal,
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
    holds: (scene) => touched(scene, (each) => each.held).length > 0,
  },
  {
    rule: "LAW-5",
    name: "a call while another buffer is in use",
    on: "return",
    holds: ({ active }) =>
      active !== null &&
      active.call.name !== "register" &&
      active.before.entries.some((each) => each.held),
  },
  {
    rule: "LAW-6",
    name: "a register of a range that a zombie covers",
    on: "return",
    call: "register",
    holds: (scene) =>
      registerMeets(
        scene,
        (entry, { start, end, page }) =>
          entry.zombie &&
          entry.span.first * page < end &&
          start < (entry.span.first + entry.span.count) * page,
      ),
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
    holds: ({ view, active }) => {
      const { entries = null, pages = null } = view.claims?.limits ?? {};
      if (active === null) return false;
      const idle = idleOf(active);
      const pageCount = idle.reduce((sum, each) => sum + each.span.count, 0);
      return (entries !== null && idle.length >= entries) || (pages !== null && pageCount >= pages);
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
    holds: (scene) => coveredByEntry(scene),
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
    holds: ({ view, event }) =>
      event.type === "processExit" && view.locked().some((each) => each.process === event.process),
  },
];
