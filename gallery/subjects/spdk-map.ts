// SPDK's memory map (lib/env_dpdk/memory.c: spdk_mem_register, spdk_mem_map_translate), in the family none. There is one
// entry for each page of the address space, and it names the region that translates the page. What is asked for is
// translated if one region translates all of its pages, with the rights needed.
//
// Every page counts the registrations that go through its entry, so that an entry is there exactly as long as the caller
// keeps its hands off the page. SPDK refuses to register a page twice (EBUSY). Here that would be a failure without a
// cause: the newcomer gets a region of its own, whose translation is entered for the pages that have none.

import type {
  Access,
  AddressRange,
  BufferHandle,
  Host,
  RegistrationCache,
  Subject,
} from "stalemate";
import { allRights, isFailure, memoryDomain, type Pinned } from "./parts/memory-domain.ts";
import { allows, end, wholePages } from "./parts/ranges.ts";
import { untold } from "./parts/untold.ts";

interface Translation {
  readonly region: Pinned;
  count: number;
}

interface Registration {
  readonly range: AddressRange;
  readonly region: Pinned;
}

function create(host: Host): RegistrationCache {
  const { pageSizeBytes, nic } = host;
  const domain = memoryDomain(host);
  // By the address of the page.
  const map = new Map<number, Translation>();
  const registrations = new Map<BufferHandle, Registration>();
  // Nobody uses them, and the NIC was too busy to let go of them.
  let owed: Pinned[] = [];
  let nextHandle = 0;

  function pagesOf(range: AddressRange): readonly number[] {
    const pages: number[] = [];
    for (let page: number = range.start; page < end(range); page += pageSizeBytes) pages.push(page);
    return pages;
  }

  function translate(range: AddressRange, access: Access): Pinned | undefined {
    const region = map.get(range.start)?.region;
    if (region === undefined || !allows(region.access, access)) return undefined;
    return pagesOf(range).every((page) => map.get(page)?.region === region) ? region : undefined;
  }

  function enter({ range, region }: Registration): void {
    for (const page of pagesOf(range)) {
      const translation = map.get(page);
      if (translation === undefined) map.set(page, { region, count: 1 });
      else if (translation.region === region) translation.count++;
    }
  }

  function remove({ range, region }: Registration): void {
    for (const page of pagesOf(range)) {
      const translation = map.get(page);
      if (translation?.region !== region) continue;
      translation.count--;
      if (translation.count === 0) map.delete(page);
    }
  }

  function release(region: Pinned): void {
    owed = owed.filter((other) => other !== region);
    if (!domain.deregister(region)) owed.push(region);
  }

  const releaseOwed = (): void => [...owed].forEach(release);

  function leave(handle: BufferHandle): void {
    const registration = registrations.get(handle);
    if (registration === undefined) return;
    registrations.delete(handle);
    remove(registration);
    const { region } = registration;
    if (![...registrations.values()].some((each) => each.region === region)) release(region);
  }

  return {
    register(request) {
      releaseOwed();
      const { access } = request;
      const range = wholePages(request.range, pageSizeBytes);
      const region =
        translate(range, access) ?? domain.register(allRights(range, access), () => false);
      if (isFailure(region)) return region;
      const handle = nextHandle++ as BufferHandle;
      const registration = { range, region };
      registrations.set(handle, registration);
      enter(registration);
      const outcome = domain.grant({ ...region, handle }, request);
      if (!outcome.ok) leave(handle);
      return outcome;
    },
    deregister({ handle, remoteKey }) {
      releaseOwed();
      if (!registrations.has(handle)) return { ok: false, error: "WSAEINVAL" };
      if (remoteKey !== undefined) nic.unexpose(remoteKey);
      leave(handle);
      return { ok: true };
    },
    closeSocket: releaseOwed,
    cleanup: releaseOwed,
  };
}

const subject: Subject = {
  name: "spdk-map",
  capabilities: untold,
  create,
};

export default subject;
