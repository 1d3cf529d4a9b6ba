// What the application knows, beside a cache on a fake host; and what must hold whenever nothing is in progress.

import type { Access, RegistrationCache, Scope, Subject } from "../../../model/contract.ts";
import {
  pageNumbers,
  spanContains,
  spanHas,
  spansOverlap,
  type AddressRange,
  type BufferHandle,
  type RegionKey,
  type RemoteKey,
  type SocketId,
} from "../../../model/units.ts";
import { fakeHost, PAGE_SIZE_BYTES, spanOf, type FakeHost, type Lock } from "./fake-host.ts";

/** The longest buffer. */
export const MOST_PAGES = 3;

/** A buffer that the application has registered. */
export interface Live {
  readonly socket: SocketId;
  readonly range: AddressRange;
  readonly access: Access;
  readonly scope: Scope;
  readonly handle: BufferHandle;
  readonly region: RegionKey;
  readonly remoteKey: RemoteKey | undefined;
}

/** The application's side. */
export interface Model {
  live: readonly Live[];
  /** What was deregistered last, and must be found again; null: something came between. */
  last: Pick<Live, "range" | "access" | "scope"> | null;
  /** Regions whose memory was freed while they were in use. */
  readonly invalidated: Set<RegionKey>;
}

/** The cache's side. */
export interface Real {
  readonly cache: RegistrationCache;
  readonly subject: Subject;
  readonly fake: FakeHost;
  /** Commands executed. */
  readonly count: () => void;
}

/** Both, at the start. */
export function setUp(subject: Subject, count: () => void): { model: Model; real: Real } {
  const fake = fakeHost();
  return {
    model: { live: [], last: null, invalidated: new Set() },
    real: { cache: subject.create(fake.host), subject, fake, count },
  };
}

/** Throws with the message if it does not hold. */
export function expectThat(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

/** True if they share a page. */
export const overlap = (a: AddressRange, b: AddressRange): boolean =>
  spansOverlap(spanOf(a), spanOf(b));

/** True if the rights include the wanted ones. */
export const allows = (access: Access, wanted: Access): boolean =>
  access === "readwrite" || access === wanted;

/** True if the application uses the region. */
export const isUsed = ({ live }: Model, region: RegionKey): boolean =>
  live.some((each) => each.region === region);

/** What must hold after every command. */
export function checkInvariants(model: Model, { fake, subject }: Real): void {
  const misuse = fake.misuse();
  expectThat(misuse === null, `the host was misused: ${misuse}`);
  for (const each of model.live) {
    expectThat(fake.regions.has(each.region), "a buffer in use has lost its region");
  }
  const peers = model.live.filter((each) => each.scope === "remote").length;
  expectThat(fake.exposures.size === peers, "there is one exposure for each remote buffer");
  checkIdle(model, fake, subject);
}

/** The locks of what nobody uses, and their pages. */
function idleIn(model: Model, { regions }: FakeHost): { locks: Lock[]; pageCount: number } {
  const idle = [...regions].filter(
    ([region]) => !isUsed(model, region) && !model.invalidated.has(region),
  );
  const locks = idle.map(([, { lock }]) => lock);
  return { locks, pageCount: locks.reduce((sum, { range }) => sum + spanOf(range).count, 0) };
}

/** True if one more might be one too many: something was evicted, perhaps. */
export function isFull(model: Model, fake: FakeHost, { capabilities }: Subject): boolean {
  const { locks, pageCount } = idleIn(model, fake);
  const { entries, pages } = capabilities.limits;
  return locks.length >= (entries ?? Infinity) || pageCount + MOST_PAGES >= (pages ?? Infinity);
}

/** What nobody uses is kept within the limits, and secured. */
function checkIdle(model: Model, fake: FakeHost, { capabilities }: Subject): void {
  const { locks, pageCount } = idleIn(model, fake);
  const { entries, pages } = capabilities.limits;
  expectThat(entries === null || locks.length <= entries, "more buffers are kept than declared");
  expectThat(pages === null || pageCount <= pages, "more pages are kept than declared");
  for (const lock of locks) {
    const isSecured = pageNumbers(spanOf(lock.range)).every((page) =>
      [...fake.secures.values()].some(({ range }) => spanHas(spanOf(range), page)),
    );
    expectThat(isSecured, "a kept buffer is not secured");
  }
}

/** What a successful register must have answered. */
export function checkRegion(
  each: Live,
  offsetBytes: number,
  { regions, exposures }: FakeHost,
): void {
  const region = regions.get(each.region);
  if (region === undefined) throw new Error("the region is not known to the NIC");
  const { lock, access } = region;
  expectThat(spanContains(spanOf(lock.range), spanOf(each.range)), "the region is too small");
  expectThat(allows(access, each.access), "the region has not the rights");
  expectThat(allows(lock.access, each.access), "the lock has not the rights");
  const firstByte = lock.range.start - (lock.range.start % PAGE_SIZE_BYTES);
  expectThat(offsetBytes === each.range.start - firstByte, "the offset is wrong");
  if (each.scope === "local") return;
  const exposure = each.remoteKey === undefined ? undefined : exposures.get(each.remoteKey);
  expectThat(
    exposure?.socket === each.socket &&
      exposure.region === each.region &&
      exposure.access === each.access &&
      spanContains(spanOf(exposure.range), spanOf(each.range)) &&
      spanContains(spanOf(each.range), spanOf(exposure.range)),
    "the peer is not given what was asked for",
  );
}
