// The SAN NIC: its translation table, what is exposed to peers, and DMA.
//
// A region is entered with the frames of an MDL and keeps them; a transfer touches exactly those frames,
// whatever the page table says by then. Keys are never reused. Capacity is in regions and in pages.
// Source: WDK, "Registering Memory for Operations on a SAN", "Managing Memory Access", "Remote Direct Memory
// Access"; frames in the table and BUSY: our model of what such NICs do.

import type { Access, NicError, Result } from "./contract.ts";
import { includesAccess } from "./memory-manager.ts";
import type { LockedPages } from "./memory.ts";
import { own } from "./ownership.ts";
import { ownFrame, type PhysicalMemory } from "./physical-memory.ts";
import {
  brand,
  pagesOf,
  spanContains,
  type AddressRange,
  type MdlHandle,
  type PageSpan,
  type Pfn,
  type ProcessId,
  type RegionKey,
  type RemoteKey,
  type SocketId,
} from "./units.ts";

export interface Region {
  readonly key: RegionKey;
  readonly process: ProcessId;
  readonly mdl: MdlHandle;
  readonly span: PageSpan;
  readonly access: Access;
  readonly frames: readonly Pfn[];
}

/** Pages of a region that the peer of one socket may reach. */
export interface Exposure {
  readonly key: RemoteKey;
  readonly process: ProcessId;
  readonly region: RegionKey;
  readonly socket: SocketId;
  readonly span: PageSpan;
  readonly access: Access;
}

export interface Nic {
  readonly capacity: { readonly regions: number; readonly pages: number };
  regions: Region[];
  exposures: Exposure[];
  nextRegion: number;
  nextKey: number;
}

export function nic(capacity: Nic["capacity"]): Nic {
  return { capacity, regions: [], exposures: [], nextRegion: 1, nextKey: 1 };
}

const fail = (error: NicError): { ok: false; error: NicError } => ({ ok: false, error });

/** Enters locked pages into the table. NO_RESOURCES when a capacity is reached, INVALID_KEY without the MDL. */
export function registerRegion(
  card: Nic,
  process: ProcessId,
  mdl: LockedPages | undefined,
  access: Access,
): Result<RegionKey, NicError> {
  if (mdl === undefined || mdl.process !== process) return fail("INVALID_KEY");
  const pagesInUse = card.regions.reduce((sum, region) => sum + region.span.count, 0);
  if (
    card.regions.length >= card.capacity.regions ||
    pagesInUse + mdl.span.count > card.capacity.pages
  ) {
    return fail("NO_RESOURCES");
  }
  const key = brand<RegionKey>(card.nextRegion++);
  const { handle, span, frames } = mdl;
  own(card, "regions").push({ key, process, mdl: handle, span, access, frames });
  return { ok: true, value: key };
}

/** Takes a region and its exposures out of the table. BUSY, and nothing changes, while DMA is in flight. */
export function deregisterRegion(
  card: Nic,
  process: ProcessId,
  key: RegionKey,
  inFlight: boolean,
): Result<void, NicError> {
  const at = card.regions.findIndex((region) => region.key === key && region.process === process);
  if (at === -1) return fail("INVALID_KEY");
  if (inFlight) return fail("BUSY");
  own(card, "regions").splice(at, 1);
  card.exposures = card.exposures.filter((exposure) => exposure.region !== key);
  return { ok: true, value: undefined };
}

/** Exposes the pages of the range to the peer of a socket. INVALID_KEY if the region does not cover them or lacks the rights. */
export function exposeRange(
  card: Nic,
  process: ProcessId,
  request: { region: RegionKey; range: AddressRange; socket: SocketId; access: Access },
  pageSizeBytes: number,
): Result<RemoteKey, NicError> {
  const region = card.regions.find(
    (each) => each.key === request.region && each.process === process,
  );
  if (region === undefined) return fail("INVALID_KEY");
  const span = pagesOf(request.range, pageSizeBytes);
  if (!spanContains(region.span, span)) return fail("INVALID_KEY");
  if (!includesAccess(region.access, request.access)) return fail("INVALID_KEY");
  const key = brand<RemoteKey>(card.nextKey++);
  const { socket, access } = request;
  own(card, "exposures").push({ key, process, region: region.key, socket, span, access });
  return { ok: true, value: key };
}

export function unexposeKey(card: Nic, process: ProcessId, key: RemoteKey): Result<void, NicError> {
  const at = card.exposures.findIndex((each) => each.key === key && each.process === process);
  if (at === -1) return fail("INVALID_KEY");
  own(card, "exposures").splice(at, 1);
  return { ok: true, value: undefined };
}

/** The frames of a region behind pages of a span within it. */
export function regionFrames(region: Region, span: PageSpan): readonly Pfn[] {
  const from = span.first - region.span.first;
  return region.frames.slice(Math.max(0, from), Math.max(0, from + span.count));
}

/**
 * DMA: the stamp goes to every frame, or, when it is null, the stamps are read. A frame that is out of use
 * reads as null and swallows what is written: the table said so, nobody checks.
 */
export function dma(
  physical: PhysicalMemory,
  frames: readonly Pfn[],
  stamp: number | null,
): (number | null)[] {
  return frames.map((pfn) => {
    const frame = physical.frames[pfn] ?? null;
    if (frame === null) return null;
    if (stamp === null) return frame.stamp;
    ownFrame(physical, pfn).stamp = stamp;
    return stamp;
  });
}
