// Two worlds answer the same questions: about some pages, about what a call began with, and about everything by its name,
// handle or key. A state can be right and a look-up wrong, since an implementation answers from indices.

import type { ActiveCall } from "../model/ledger.ts";
import {
  brand,
  pageNumbers,
  type InstanceId,
  type MdlHandle,
  type PageNumber,
  type PageSpan,
  type ProcessId,
  type ProviderId,
  type RegionKey,
  type SecureHandle,
  type SocketId,
} from "../model/units.ts";
import type { WorldView } from "../model/view.ts";
import { mappingsOf } from "./projection.ts";
import { difference, listOf, type Difference, type Shape } from "./shapes.ts";
import * as shapes from "./view-shapes.ts";

const value = "value";

/** Puts questions to both worlds until they answer one differently. */
class Asking {
  readonly #left: WorldView;
  readonly #right: WorldView;
  found: Difference | null = null;

  constructor(left: WorldView, right: WorldView) {
    this.#left = left;
    this.#right = right;
  }

  ask(name: string, shape: Shape, question: (view: WorldView) => unknown): void {
    if (this.found !== null) return;
    const found = difference(shape, question(this.#left), question(this.#right));
    if (found === null) return;
    this.found = { ...found, path: found.path === "" ? name : `${name}.${found.path}` };
  }
}

/** What lies over some pages of a process, over the first ones if they are many. Costs the pages, and what is there. */
export function differenceOver(
  left: WorldView,
  right: WorldView,
  process: ProcessId,
  anywhere: PageSpan,
): Difference | null {
  const asking = new Asking(left, right);
  const span = near(left, anywhere);
  if (span.count === 0) return null;
  const ask = (name: string, shape: Shape, question: (view: WorldView) => unknown): void =>
    asking.ask(`${name}(${span.first} + ${span.count})`, shape, question);
  ask("page", listOf(shapes.mapping), (view) => mappingsOf(view, process, span));
  ask("frame", listOf(shapes.frame), (view) => framesUnder(view, process, span));
  ask("vadAt", shapes.vad, (view) => view.vadAt(process, span.first));
  ask("securesOver", listOf(shapes.secure), (view) => view.securesOver(process, span));
  ask("locksOver", listOf(shapes.lock), (view) => view.locksOver(process, span));
  ask("hasLocks", value, (view) => view.hasLocks(process));
  ask("generation", value, (view) =>
    pageNumbers(span).map((number) => view.generation(process, number)),
  );
  ask("wasRegistered", value, (view) => view.wasRegistered(process, span));
  for (const { id, process: owner } of left.instances()) {
    if (owner !== process) continue;
    ask("isWatched", value, (view) =>
      pageNumbers(span).map((number) => view.isWatched(id, number)),
    );
    ask("unheard", value, (view) => view.unheard(id));
    ask("entriesOver", listOf(shapes.entry), (view) => view.entriesOver(id, span));
    ask("exposuresOver", listOf(shapes.exposure), (view) => view.exposuresOver(id, span));
    ask("registrationsOver", listOf(shapes.registration), (view) =>
      view.registrationsOver(id, span),
    );
    ask("instanceSecuresOver", listOf(shapes.secure), (view) => view.instanceSecuresOver(id, span));
  }
  return asking.found;
}

const MOST_PAGES = 256;

/** The part of a span that lies before the end of the user's pages: events name ranges that no address space has. */
function near({ config }: WorldView, { first, count }: PageSpan): PageSpan {
  const from = Math.max(0, first);
  const end = Math.min(first + count, config.granularityPages + config.pageCount);
  return { first: brand(from), count: Math.min(MOST_PAGES, Math.max(0, end - from)) };
}

/** The frames that the pages map. */
function framesUnder(view: WorldView, process: ProcessId, { first, count }: PageSpan): unknown[] {
  const frames: unknown[] = [];
  for (let number: number = first; number < first + count; number++) {
    const pfn = view.mappedFrame(process, brand<PageNumber>(number));
    const frame = pfn === null ? undefined : view.frame(pfn);
    if (frame !== undefined) frames.push({ ...frame, pfn });
  }
  return frames;
}

/** A call that just returned, and what its instance had when it began. */
export function differenceOfCall(
  left: WorldView,
  right: WorldView,
  id: InstanceId,
): Difference | null {
  const asking = new Asking(left, right);
  const lastOf = (view: WorldView): ActiveCall | null => view.instance(id).lastCall;
  asking.ask("lastCall", shapes.call, lastOf);
  const returned = lastOf(left);
  if (returned === null || asking.found !== null) return asking.found;
  const before = (view: WorldView): ReturnType<WorldView["before"]> =>
    view.before(id, lastOf(view) ?? returned);
  const entries = listOf(shapes.entryBefore);
  asking.ask("before.totals", shapes.totals, (view) => before(view).totals);
  asking.ask("before.diminished", entries, (view) => before(view).diminished());
  for (const span of returned.touched) {
    asking.ask("before.entriesOver", entries, (view) => before(view).entriesOver(span));
    asking.ask("before.securesOver", listOf(shapes.held), (view) => before(view).securesOver(span));
    for (const { mdl, regions } of before(left).entriesOver(span)) {
      asking.ask("before.entry", shapes.entryBefore, (view) => before(view).entry(mdl));
      for (const { key } of regions) {
        asking.ask("before.entryOf", shapes.entryBefore, (view) => before(view).entryOf(key));
      }
    }
  }
  for (const mdl of returned.acquired.mdls) {
    asking.ask("before.entry", shapes.entryBefore, (view) => before(view).entry(mdl));
  }
  return asking.found;
}

/** So many of the newest handles, keys and names of each kind are looked up; the next one too, which is not there. */
const NEWEST = 24;

/** Everything by its name, handle or key. */
export function differenceByName(left: WorldView, right: WorldView): Difference | null {
  const asking = new Asking(left, right);
  askByHandle(asking, left);
  askByKey(asking, left);
  askOfSockets(asking, left);
  askByName(asking, left);
  return asking.found;
}

/** The newest ones, also those that are gone, and the next one. */
function newest(next: number): number[] {
  const from = Math.max(0, next - NEWEST);
  return Array.from({ length: next - from + 1 }, (_, i) => from + i);
}

function askByHandle(asking: Asking, view: WorldView): void {
  const { secure, mdl } = view.counters();
  for (const each of newest(secure)) {
    const handle = brand<SecureHandle>(each);
    asking.ask(`secure(${each})`, shapes.secure, (view) => view.secure(handle));
    asking.ask(`grantOf(secure ${each})`, shapes.grant, (view) => view.grantOf("secure", each));
  }
  for (const each of newest(mdl)) {
    const handle = brand<MdlHandle>(each);
    asking.ask(`lock(${each})`, shapes.lock, (view) => view.lock(handle));
    asking.ask(`grantOf(lock ${each})`, shapes.grant, (view) => view.grantOf("lock", each));
    for (const { id } of view.instances()) {
      const entries = listOf(shapes.entry);
      asking.ask(`entriesOn(${id}, ${each})`, entries, (view) => view.entriesOn(id, handle));
    }
  }
}

function askByKey(asking: Asking, view: WorldView): void {
  const { regions, keys } = view.counters();
  for (const [i, next] of regions.entries()) {
    const provider = brand<ProviderId>(i);
    const own = view.instances().filter((each) => each.provider === provider);
    for (const key of newest(next)) {
      asking.ask(`region(${i}, ${key})`, shapes.region, (view) => view.region(provider, key));
      for (const { id } of own) {
        asking.ask(`registrationsOn(${id}, ${key})`, listOf(shapes.registration), (view) =>
          view.registrationsOn(id, brand<RegionKey>(key)),
        );
      }
    }
    for (const key of newest(keys[i] ?? 0)) {
      asking.ask(`exposure(${i}, ${key})`, shapes.exposure, (view) => view.exposure(provider, key));
    }
  }
}

function askOfSockets(asking: Asking, view: WorldView): void {
  const ids = view.sockets().map((each) => each.id);
  const nobody = brand<SocketId>(ids.length + 1);
  for (const id of [...ids.slice(-NEWEST), nobody]) {
    asking.ask(`socket(${id})`, shapes.socket, (view) => view.socket(id));
    asking.ask(`belongings(${id})`, shapes.belongings, (view) => view.belongings(id));
    for (const each of view.instances()) {
      asking.ask(`entriesOnlyOf(${each.id}, ${id})`, listOf(shapes.entry), (view) =>
        view.entriesOnlyOf(each.id, id),
      );
    }
  }
}

function askByName(asking: Asking, view: WorldView): void {
  const live = view.liveCount();
  for (let k = Math.max(0, live - NEWEST); k <= live; k++) {
    asking.ask(`liveRegistration(${k})`, shapes.registration, (view) => view.liveRegistration(k));
  }
  const names = new Set(["nobody"]);
  for (const each of view.newestDescriptors(NEWEST)) names.add(each.registration);
  for (const each of view.transfers().slice(-NEWEST)) names.add(each.registration);
  for (const { registrations } of view.instances()) {
    for (const each of registrations.slice(-NEWEST)) names.add(each.name);
  }
  for (const name of names) {
    asking.ask(`registration(${name})`, shapes.owned, (view) => view.registration(name));
    asking.ask(`descriptor(${name})`, shapes.descriptor, (view) => view.descriptor(name));
    asking.ask(`isInTransfer(${name})`, value, (view) => view.isInTransfer(name));
  }
  for (const { name } of [...view.transfers().slice(-NEWEST), { name: "nobody" }]) {
    asking.ask(`transfer(${name})`, shapes.transfer, (view) => view.transfer(name));
  }
  for (const most of [1, 3]) {
    asking.ask(`newestDescriptors(${most})`, listOf(shapes.descriptor), (view) =>
      view.newestDescriptors(most),
    );
  }
}
