// Invariants of the world, whatever the subject does: facts in the present tense that hold after every event. They
// check the specification itself; what a subject must keep is in model/judge/.

import { modeAllows } from "../model/memory-manager.ts";
import {
  brand,
  pageNumbers,
  spanContains,
  type ProcessId,
  type ProviderId,
} from "../model/units.ts";
import type { WorldView } from "../model/view.ts";
import { spanOf } from "./mappings.ts";

export interface Invariant {
  readonly name: string;
  /** What is wrong, as one clause; null while the invariant holds. */
  readonly violation: (view: WorldView) => string | null;
}

const processes = (view: WorldView): ProcessId[] =>
  Array.from({ length: view.config.processes }, (_, i) => brand<ProcessId>(i));
const providers = (view: WorldView): ProviderId[] =>
  Array.from({ length: view.config.providersPerProcess }, (_, i) => brand<ProviderId>(i));

/** The first item that is wrong, described. */
function find<T>(
  items: readonly T[],
  isWrong: (item: T) => boolean,
  describe: (item: T) => string,
): string | null {
  const wrong = items.find(isWrong);
  return wrong === undefined ? null : describe(wrong);
}

export const invariants: readonly Invariant[] = [
  {
    name: "regionsOfAnAddressSpaceDoNotOverlap",
    violation: (view) =>
      find(
        processes(view),
        (process) =>
          view.vads(process).some((vad, i, vads) => {
            const next = vads[i + 1];
            return next !== undefined && vad.base + vad.pageCount > next.base;
          }),
        (process) => `process ${process} has two regions that overlap`,
      ),
  },
  {
    name: "regionsOfAnAddressSpaceStartAtTheGranularity",
    violation: (view) =>
      find(
        processes(view).flatMap((process) => view.vads(process)),
        (vad) => vad.base % view.config.granularityPages !== 0,
        (vad) => `a region starts at page ${vad.base}`,
      ),
  },
  {
    name: "mappedFramesAreInUse",
    violation: (view) =>
      find(
        processes(view).flatMap((process) =>
          view
            .vads(process)
            .flatMap((vad) =>
              pageNumbers(spanOf(vad)).map((number) => view.mappedFrame(process, number)),
            ),
        ),
        (pfn) => pfn !== null && view.frame(pfn)?.mapped !== true,
        (pfn) => `a page maps pfn ${pfn}, which is not in use as a mapped frame`,
      ),
  },
  {
    name: "privatePagesShareNoFrame",
    violation(view) {
      const seen = new Set<number>();
      for (const process of processes(view)) {
        for (const vad of view.vads(process)) {
          for (const number of pageNumbers(spanOf(vad))) {
            const pfn = view.page(process, number)?.pfn ?? null;
            if (pfn === null) continue;
            if (seen.has(pfn)) return `pfn ${pfn} is private to two pages`;
            seen.add(pfn);
          }
        }
      }
      return null;
    },
  },
  {
    name: "lockedFramesAreInUse",
    violation: (view) =>
      find(
        view.locked().flatMap((mdl) => mdl.frames),
        (pfn) => (view.frame(pfn)?.lockCount ?? 0) < 1,
        (pfn) => `pfn ${pfn} is in an MDL and not locked`,
      ),
  },
  {
    name: "securedPagesAllowTheirMode",
    violation: (view) =>
      find(
        view.secures(),
        ({ process, span, mode }) =>
          pageNumbers(span).some((number) => {
            const page = view.page(process, number);
            return page === undefined || !page.committed || !modeAllows(mode, page.protection);
          }),
        ({ handle }) => `secure ${handle} covers a page that does not allow it`,
      ),
  },
  {
    name: "securesAndLocksBelongToLivingProcesses",
    violation: (view) =>
      find(
        [...view.secures(), ...view.locked()],
        ({ process }) => !view.isAlive(process) && view.claims !== null,
        ({ process, handle }) => `handle ${handle} is of process ${process}, which has ended`,
      ),
  },
  {
    name: "exposuresLieInTheirRegion",
    violation: (view) =>
      find(
        providers(view).flatMap((provider) =>
          view.exposures(provider).map((exposure) => ({
            exposure,
            region: view.region(provider, exposure.region),
          })),
        ),
        ({ exposure, region }) => region === undefined || !spanContains(region.span, exposure.span),
        ({ exposure }) => `key ${exposure.key} exposes pages outside its region`,
      ),
  },
  {
    name: "theNicKeepsItsCapacity",
    violation: (view) =>
      find(
        providers(view),
        (provider) => {
          const regions = view.regions(provider);
          const pageCount = regions.reduce((sum, region) => sum + region.span.count, 0);
          const { nic } = view.config;
          return regions.length > nic.regions || pageCount > nic.pages;
        },
        (provider) => `NIC ${provider} holds more than its capacity`,
      ),
  },
  {
    name: "transfersInFlightHaveTheirRegion",
    violation: (view) =>
      find(
        view.transfers(),
        (each) => each.inFlight && view.region(each.provider, each.region) === undefined,
        (each) => `${each.name} is in flight on region ${each.region}, which is gone`,
      ),
  },
  {
    name: "registrationsBelongToOpenSockets",
    violation: (view) =>
      find(
        view.instances().flatMap((each) => each.registrations),
        ({ socket }) => view.socket(socket)?.status === "closed",
        ({ name, socket }) => `${name} is live on s_${socket}, which is closed`,
      ),
  },
];
