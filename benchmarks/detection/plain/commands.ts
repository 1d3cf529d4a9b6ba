// A cache tested with fast-check's own commands, as an engineer would write it in an hour who has read the contract: register,
// deregister, memory that is freed, sockets that close, and clean-up at the end.
//
// It knows the contract and nothing of how caches break: ranges are drawn independently, nothing fails, and nobody asks
// which memory an address means.

import fc, { type Arbitrary, type Command } from "fast-check";
import type { Access, RegisterRequest, Scope } from "../../../model/contract.ts";
import { brand, sameRange, type AddressRange, type SocketId } from "../../../model/units.ts";
import { PAGE_SIZE_BYTES } from "./fake-host.ts";
import {
  allows,
  checkInvariants,
  checkRegion,
  expectThat,
  isFull,
  isUsed,
  MOST_PAGES,
  overlap,
  type Live,
  type Model,
  type Real,
} from "./model.ts";

const PAGES = 8;
const MOST_LIVE = 6;

/** A command, with what all of them do: they are counted, and everything is looked at afterwards. */
function command(
  print: string,
  isPossible: (model: Model) => boolean,
  perform: (model: Model, real: Real) => void,
): Command<Model, Real> {
  return {
    check: isPossible,
    run(model, real) {
      real.count();
      perform(model, real);
      checkInvariants(model, real);
    },
    toString: () => print,
  };
}

function register(request: RegisterRequest): Command<Model, Real> {
  const { range, access, scope } = request;
  return command(
    `register(${JSON.stringify(request)})`,
    ({ live }) => live.length < MOST_LIVE,
    (model, { cache, fake, subject }) => {
      const { last } = model;
      const isRepeat =
        subject.capabilities.caches[scope] &&
        last !== null &&
        last.scope === scope &&
        sameRange(last.range, range) &&
        allows(last.access, access);
      const before = fake.work();
      const outcome = cache.register(request);
      if (!outcome.ok) throw new Error(`register failed: ${outcome.error}`);
      expectThat(!isRepeat || fake.work() === before, "a repeated register does no work");
      expectThat(!model.invalidated.has(outcome.region), "a freed buffer is found again");
      const { handle, region, offsetBytes, remoteKey } = outcome;
      const made: Live = { ...request, handle, region, remoteKey };
      checkRegion(made, offsetBytes, fake);
      model.live = [...model.live, made];
      model.last = null;
    },
  );
}

const deregister = (k: number): Command<Model, Real> =>
  command(
    `deregister(${k})`,
    ({ live }) => live.length > 0,
    (model, real) => {
      const each = model.live[k % model.live.length] as Live;
      end(each, model, real);
    },
  );

/** Takes back one registered buffer. */
function end(each: Live, model: Model, { cache, fake, subject }: Real): void {
  const { socket, handle, scope, region, remoteKey } = each;
  model.live = model.live.filter((other) => other !== each);
  const request = { socket, handle, scope, ...(remoteKey === undefined ? {} : { remoteKey }) };
  expectThat(cache.deregister(request).ok, "a buffer in use is not known");
  const isLast = !isUsed(model, region);
  const isKept = isLast && fake.regions.has(region);
  expectThat(!isKept || cache.invalidate !== undefined, "without a callback, nothing is kept");
  const isOwed = isKept && model.invalidated.has(region);
  expectThat(!isOwed || subject.capabilities.limits.pending !== 0, "a freed buffer is kept");
  const mayGo =
    !subject.capabilities.caches[scope] ||
    model.invalidated.has(region) ||
    isFull(model, fake, subject);
  expectThat(!isLast || isKept || mayGo, "a buffer is not kept");
  model.last = isKept && !mayGo ? each : null;
}

/** The application frees the range: if anything there is secured, the cache is called back, and then nothing is. */
const free = (range: AddressRange): Command<Model, Real> =>
  command(
    `free(${JSON.stringify(range)})`,
    () => true,
    (model, { cache, fake }) => {
      const secured = (): boolean =>
        [...fake.secures.values()].some((each) => overlap(each.range, range));
      if (!secured() || cache.invalidate === undefined) return;
      const kept = [...fake.regions].filter(
        ([region, { lock }]) => !isUsed(model, region) && !overlap(lock.range, range),
      );
      model.last = null;
      const outcome = cache.invalidate(range);
      const inUse = model.live.filter(({ region }) => {
        const lock = fake.regions.get(region)?.lock;
        return lock !== undefined && overlap(lock.range, range);
      });
      for (const [region] of kept) {
        expectThat(fake.regions.has(region), "a buffer that was not freed is lost");
      }
      if (!outcome.ok) {
        expectThat(
          inUse.length > 0 && outcome.error === "WSAEFAULT",
          "freed memory is not released",
        );
        return;
      }
      expectThat(!secured(), "freed memory is still secured");
      for (const { region } of inUse) model.invalidated.add(region);
      for (const [region, { lock }] of fake.regions) {
        const isLeft = overlap(lock.range, range) && !isUsed(model, region);
        expectThat(!isLeft, "freed memory is still registered");
      }
      for (const [mdl, lock] of fake.locks) {
        const isBare = ![...fake.regions.values()].some((each) => each.mdl === mdl);
        expectThat(!isBare || !overlap(lock.range, range), "freed memory is still locked");
      }
    },
  );

const closeSocket = (socket: SocketId): Command<Model, Real> =>
  command(
    `closeSocket(${socket})`,
    () => true,
    (model, real) => {
      for (const each of model.live.filter((each) => each.socket === socket)) {
        end(each, model, real);
      }
      real.cache.closeSocket(socket);
      model.last = null;
    },
  );

/** The end of every program: all is taken back and cleaned up, and nothing is left. */
export function tearDown(model: Model, real: Real): void {
  for (const each of model.live) end(each, model, real);
  real.cache.cleanup();
  const { locks, secures, regions, exposures } = real.fake;
  for (const table of [locks, secures, regions, exposures]) {
    expectThat(table.size === 0, "something is left after clean-up");
  }
  checkInvariants(model, real);
}

const ranges: Arbitrary<AddressRange> = fc
  .record({
    page: fc.nat(PAGES - 1),
    pages: fc.integer({ min: 1, max: MOST_PAGES }),
    inset: fc.constantFrom(0, PAGE_SIZE_BYTES / 4),
  })
  .map(({ page, pages, inset }) => ({
    start: brand((page + 1) * PAGE_SIZE_BYTES + inset),
    lengthBytes: pages * PAGE_SIZE_BYTES - 2 * inset,
  }));

const sockets: Arbitrary<SocketId> = fc.constantFrom(1, 2).map((id) => brand<SocketId>(id));

/** The commands, each as likely as another. */
export const commandArbitraries: Arbitrary<Command<Model, Real>>[] = [
  fc
    .record({
      socket: sockets,
      range: ranges,
      access: fc.constantFrom<Access>("read", "write", "readwrite"),
      scope: fc.constantFrom<Scope>("local", "remote"),
    })
    .map(register),
  fc.nat().map(deregister),
  ranges.map(free),
  sockets.map(closeSocket),
];
