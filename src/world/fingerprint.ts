// A 64-bit fingerprint of a state: equal states have equal fingerprints, whatever rows, blocks and free lists they have
// come to use. It is the sum of the hashes of what there is, each with what tells it from the others; where an order
// matters, an item is hashed with its predecessor. Where something lies in the arena has no part in it, and neither has
// what does not outlast a command.
//
// Two states that differ have equal fingerprints with a probability of about 2^-64.

import { vadByAddress, vadCount, baseOf, countOf, isWritable, sectionOf } from "./address-space.ts";
import { isLocked } from "./entries.ts";
import { frameRow } from "./frames.ts";
import {
  DESCRIPTOR,
  ENDED,
  EXPOSURE,
  FAILURE,
  FRAME,
  GRANT,
  INSTANCE,
  LOCK,
  NIC,
  PAGE,
  REGION,
  REGISTRATION,
  REMEMBERED,
  SECURE,
  SHARED,
  SOCKET,
  TRANSFER,
} from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";

/** Kinds of things, so that a socket is not taken for a secure. */
const ALIVE = 1;
const AN_INSTANCE = 2;
const A_NIC = 3;
const A_VAD = 4;
const A_SHARED_PAGE = 5;
const A_SECURE = 6;
const A_LOCK = 7;
const A_REGION = 8;
const AN_EXPOSURE = 9;
const A_SOCKET = 10;
const A_TRANSFER = 11;
const A_DESCRIPTOR = 12;
const A_REGISTRATION = 13;
const A_GRANT = 14;
const SINGLES = 15;

/** The hash of the item at hand, and the sum of those that are done: two independent lanes of 32 bits. */
let a = 0;
let b = 0;
let sumA = 0;
let sumB = 0;

function begin(kind: number): void {
  a = Math.imul(kind, 0x9e3779b1);
  b = Math.imul(kind, 0x85ebca6b) ^ 0x5bd1e995;
}

function word(value: number): void {
  a = Math.imul(a ^ value, 0xcc9e2d51);
  a ^= a >>> 15;
  b = Math.imul(b ^ value, 0x1b873593);
  b = (b << 13) | (b >>> 19);
}

/** So many words of the arena. */
function words(w: Store, first: number, count: number): void {
  for (let at = first; at < first + count; at++) word(w.mem.at(at));
}

function end(): void {
  let x = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  let y = Math.imul(b ^ (b >>> 16), 0x7feb352d);
  y = Math.imul(y ^ (y >>> 15), 0x846ca68b);
  sumA = (sumA + (x ^ (x >>> 16))) | 0;
  sumB = (sumB + (y ^ (y >>> 16))) | 0;
}

/** Puts the fingerprint of the state into two words. */
export function fingerprint(w: Store, into: Uint32Array, at = 0): void {
  sumA = 0;
  sumB = 0;
  addSingles(w);
  addInstances(w);
  addAddressSpaces(w);
  addSecures(w);
  addLocks(w);
  addRegions(w);
  addExposures(w);
  addSockets(w);
  addTransfers(w);
  addDescriptors(w);
  addRegistrations(w);
  addGrants(w);
  into[at] = sumA;
  into[at + 1] = sumB;
}

function addSingles(w: Store): void {
  begin(SINGLES);
  word(w.get("nextPfn"));
  word(w.get("nextSecure"));
  word(w.get("nextMdl"));
  word(w.get("bugCheck"));
  word(w.get("kill"));
  const armed = w.get("interrupt");
  if (armed !== 0) {
    word(w.symbols.hash(armed));
    word(w.get("interruptProcess"));
    word(w.get("interruptAfter"));
  }
  for (let slot = w.failures.first(); slot !== NONE; slot = w.failures.next(slot)) {
    word(w.mem.at(w.failures.row(slot) + FAILURE.call) + 1);
  }
  end();
  for (let provider = 0; provider < w.config.providersPerProcess; provider++) {
    begin(A_NIC);
    word(provider);
    words(w, w.nic(provider) + NIC.nextRegion, 2);
    end();
  }
}

function addInstances(w: Store): void {
  for (let process = 0; process < w.config.processes; process++) {
    begin(ALIVE);
    word(process);
    word(w.mem.at(w.aliveWord(process)));
    end();
  }
  for (let id = 0; id < w.calls.length; id++) {
    const row = w.instance(id);
    begin(AN_INSTANCE);
    word(id);
    word(w.mem.at(row + INSTANCE.started));
    const history = row + INSTANCE.history;
    for (let i = 0; i < REMEMBERED; i++) {
      const ended = history + i * ENDED;
      if (w.mem.doubleAt(ended + 2) === 0) break;
      words(w, ended, 4);
      words(w, w.mem.at(ended + 4), w.mem.at(ended + 5));
    }
    end();
  }
}

function addAddressSpaces(w: Store): void {
  const { mem } = w;
  for (let process = 0; process < w.config.processes; process++) {
    for (let k = 0; k < vadCount(w, process); k++) {
      const vad = vadByAddress(w, process, k);
      begin(A_VAD);
      word(process);
      word(baseOf(w, vad));
      word(sectionOf(w, vad));
      word(isWritable(w, vad) ? 1 : 0);
      const last = baseOf(w, vad) + countOf(w, vad);
      for (let number = baseOf(w, vad); number < last; number++) {
        const row = w.page(process, number);
        // The low byte: flags and protection, without the number of the region.
        word(mem.at(row + PAGE.state) & 0xff);
        word(mem.at(row + PAGE.copiedFrom));
        addContents(w, mem.at(row + PAGE.pfn), row + PAGE.stored);
      }
      end();
    }
  }
  for (const [section, { first, count }] of w.sections.entries()) {
    for (let i = 0; i < count; i++) {
      const row = first + i * SHARED.width;
      if (mem.at(row + SHARED.pfn) === 0 && mem.doubleAt(row + SHARED.stored) === 0) continue;
      begin(A_SHARED_PAGE);
      word(section);
      word(i);
      addContents(w, mem.at(row + SHARED.pfn), row + SHARED.stored);
      end();
    }
  }
}

/** A frame and what it holds; or what is kept for one. */
function addContents(w: Store, framePlusOne: number, stored: number): void {
  word(framePlusOne);
  if (framePlusOne === 0) words(w, stored, 2);
  else words(w, frameRow(w, framePlusOne - 1) + FRAME.stamp, 2);
}

function addSecures(w: Store): void {
  for (let slot = w.secures.first(); slot !== NONE; slot = w.secures.next(slot)) {
    begin(A_SECURE);
    words(w, w.secures.row(slot) + SECURE.handle, SECURE.nodes - SECURE.handle);
    end();
  }
}

function addLocks(w: Store): void {
  const { mem } = w;
  for (let slot = w.locks.first(); slot !== NONE; slot = w.locks.next(slot)) {
    const row = w.locks.row(slot);
    begin(A_LOCK);
    words(w, row + LOCK.handle, LOCK.nodes - LOCK.handle);
    word(isLocked(w, slot) ? 1 : 0);
    word(mem.at(row + LOCK.flags));
    word(mem.at(row + LOCK.scopes));
    words(w, mem.at(row + LOCK.sockets), mem.at(row + LOCK.sockets + 2));
    words(w, mem.at(row + LOCK.ranges), 4 * mem.at(row + LOCK.ranges + 2));
    const frames = mem.at(row + LOCK.frames);
    for (let i = 0; i < mem.at(row + LOCK.count); i++) {
      const frame = frameRow(w, mem.at(frames + i));
      word(mem.at(frames + i));
      words(w, frame + FRAME.stamp, 2);
    }
    end();
  }
}

function addRegions(w: Store): void {
  const { mem } = w;
  for (let slot = w.regions.first(); slot !== NONE; slot = w.regions.next(slot)) {
    const row = w.regions.row(slot);
    begin(A_REGION);
    words(w, row + REGION.key, 3);
    word(mem.at(row + REGION.mdl));
    words(w, row + REGION.first, 3);
    word(mem.at(row + REGION.zombie));
    words(w, mem.at(row + REGION.frames), mem.at(row + REGION.count));
    end();
  }
}

function addExposures(w: Store): void {
  for (let slot = w.exposures.first(); slot !== NONE; slot = w.exposures.next(slot)) {
    const row = w.exposures.row(slot);
    begin(AN_EXPOSURE);
    words(w, row + EXPOSURE.key, 3);
    words(w, row + EXPOSURE.socket, EXPOSURE.nodes - EXPOSURE.socket);
    word(w.mem.at(row + EXPOSURE.regionKey));
    end();
  }
}

function addSockets(w: Store): void {
  let before = 0;
  for (let slot = w.sockets.first(); slot !== NONE; slot = w.sockets.next(slot)) {
    const row = w.sockets.row(slot);
    begin(A_SOCKET);
    words(w, row + SOCKET.id, 4);
    word(before);
    end();
    before = w.mem.at(row + SOCKET.id);
  }
}

function addTransfers(w: Store): void {
  const { mem, symbols } = w;
  let before = 0;
  for (let slot = w.transfers.first(); slot !== NONE; slot = w.transfers.next(slot)) {
    const row = w.transfers.row(slot);
    const name = symbols.hash(mem.at(row + TRANSFER.name));
    begin(A_TRANSFER);
    word(name);
    words(w, row + TRANSFER.socket, 3);
    word(symbols.hash(mem.at(row + TRANSFER.registration)));
    words(w, row + TRANSFER.first, 5);
    word(before);
    end();
    before = name;
  }
}

function addDescriptors(w: Store): void {
  let before = 0;
  for (let slot = w.descriptors.first(); slot !== NONE; slot = w.descriptors.next(slot)) {
    const row = w.descriptors.row(slot);
    const name = w.symbols.hash(w.mem.at(row + DESCRIPTOR.name));
    begin(A_DESCRIPTOR);
    word(name);
    words(w, row + DESCRIPTOR.socket, 2);
    words(w, row + DESCRIPTOR.key, 2);
    word(before);
    end();
    before = name;
  }
}

function addRegistrations(w: Store): void {
  const { mem, symbols } = w;
  const chain = w.registrationsOfInstance;
  for (let id = 0; id < w.calls.length; id++) {
    let before = 0;
    const ends = w.instance(id) + INSTANCE.registrations;
    for (let slot = chain.first(ends); slot !== NONE; slot = chain.next(slot)) {
      const row = w.registrations.row(slot);
      const name = symbols.hash(mem.at(row + REGISTRATION.name));
      begin(A_REGISTRATION);
      word(name);
      words(w, row + REGISTRATION.instance, 4);
      words(w, row + REGISTRATION.start, REGISTRATION.order - REGISTRATION.start);
      words(w, mem.at(row + REGISTRATION.frames), mem.at(row + REGISTRATION.frameCount));
      word(before);
      end();
      before = name;
    }
  }
}

function addGrants(w: Store): void {
  let rank = 0;
  for (let slot = w.grants.first(); slot !== NONE; slot = w.grants.next(slot)) {
    begin(A_GRANT);
    words(w, w.grants.row(slot) + GRANT.kind, GRANT.width - GRANT.kind);
    word(++rank);
    end();
  }
}
