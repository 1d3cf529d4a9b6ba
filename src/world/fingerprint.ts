// A 64-bit fingerprint of a state: equal states have equal fingerprints, whatever rows, blocks and free lists they have
// come to use. What there is is read in an order that the state alone decides (by handle, by address, by the order of
// making where that matters), each list behind its length, and mixed into two lanes of 32 bits. Where something lies in
// the arena has no part in it, and neither has what does not outlast a command.
//
// Two states that differ have equal fingerprints with a probability of about 2^-64.

import { baseOf, countOf, vadByAddress, vadCount } from "./address-space.ts";
import { frameRow } from "./frames.ts";
import { markWords } from "./mapping-changes.ts";
import { COMMITTED, FLAGS } from "./pages.ts";
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
  UNHEARD,
  VAD,
  SINGLE,
} from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";

/**
 * The two lanes, and the key of the next word's place. Every word is mixed with the key of its place, and the results are
 * added up, so that no word waits for the one before it. Words of an array, since a variable of the module would hold
 * them as doubles.
 */
const lanes = new Int32Array(3);
const A = 0;
const B = 1;
const KEY = 2;

// As signed words: a constant above 2^31 is a double, and a multiplication by it four times as slow.
const STEP = 0x9e3779b9 | 0;
const FIRST = 0x85ebca6b | 0;
const SECOND = 0xc2b2ae35 | 0;

function word(value: number): void {
  const key = ((lanes[KEY] as number) + STEP) | 0;
  lanes[KEY] = key;
  let mixed = Math.imul(value ^ key, FIRST);
  mixed ^= mixed >>> 15;
  lanes[A] = (lanes[A] as number) + mixed;
  mixed = Math.imul(mixed + key, SECOND);
  lanes[B] = (lanes[B] as number) + (mixed ^ (mixed >>> 13));
}

/** A word of the arena. */
const at = (memory: Int32Array, word: number): number => memory[word] as number;

/** So many words of the arena. */
function words(memory: Int32Array, first: number, count: number): void {
  let a = lanes[A] as number;
  let b = lanes[B] as number;
  let key = lanes[KEY] as number;
  const end = first + count;
  for (let i = first; i < end; i++) {
    key = (key + STEP) | 0;
    let mixed = Math.imul((memory[i] as number) ^ key, FIRST);
    mixed ^= mixed >>> 15;
    a = (a + mixed) | 0;
    mixed = Math.imul(mixed + key, SECOND);
    b = (b + (mixed ^ (mixed >>> 13))) | 0;
  }
  lanes[A] = a;
  lanes[B] = b;
  lanes[KEY] = key;
}

/** Puts the fingerprint of the state into two words. */
export function fingerprint(w: Store, into: Uint32Array, place = 0): void {
  const memory = w.mem.words;
  lanes[A] = 0;
  lanes[B] = 0;
  lanes[KEY] = 0;
  addSingles(w, memory);
  addInstances(w, memory);
  for (let process = 0; process < w.config.processes; process++)
    addAddressSpace(w, memory, process);
  if (w.hearing.delivery !== "refused") addHearing(w, memory);
  addSections(w, memory);
  addSecures(w, memory);
  addLocks(w, memory);
  for (let provider = 0; provider < w.config.providersPerProcess; provider++) {
    addRegions(w, memory, provider);
    addExposures(w, memory, provider);
  }
  addSockets(w, memory);
  addTransfers(w, memory);
  addDescriptors(w, memory);
  if (w.claims === null) addGrants(w, memory);
  // Each lane ends with something of the other, so that neither is a fingerprint of 32 bits by itself.
  const [a = 0, b = 0] = lanes;
  into[place] = finish(a ^ ((b << 13) | (b >>> 19)));
  into[place + 1] = finish(b + Math.imul(a, FIRST));
}

function finish(lane: number): number {
  let x = Math.imul(lane ^ (lane >>> 16), FIRST);
  x = Math.imul(x ^ (x >>> 13), SECOND);
  return x ^ (x >>> 16);
}

function addSingles(w: Store, memory: Int32Array): void {
  word(w.get(SINGLE.nextPfn));
  word(w.get(SINGLE.nextSecure));
  word(w.get(SINGLE.nextMdl));
  word(w.get(SINGLE.bugCheck));
  word(w.get(SINGLE.kill));
  const armed = w.get(SINGLE.interrupt);
  word(armed === 0 ? 0 : w.symbols.hash(armed));
  if (armed !== 0) {
    word(w.get(SINGLE.interruptProcess));
    word(w.get(SINGLE.interruptAfter));
  }
  word(w.failures.count);
  for (let row = w.failures.firstRow(memory); row !== 0; row = w.failures.nextRow(memory, row)) {
    word(at(memory, row + FAILURE.call));
  }
  for (let provider = 0; provider < w.config.providersPerProcess; provider++) {
    words(memory, w.nic(provider) + NIC.nextRegion, 2);
  }
  words(memory, w.aliveWord(0), w.config.processes);
}

function addInstances(w: Store, memory: Int32Array): void {
  for (let id = 0; id < w.calls.length; id++) {
    const row = w.instance(id);
    word(at(memory, row + INSTANCE.started));
    for (let i = 0; i < REMEMBERED; i++) {
      const ended = row + INSTANCE.history + i * ENDED;
      if (w.mem.doubleAt(ended + 2) === 0) break;
      words(memory, ended, 4);
      words(memory, at(memory, ended + 4), at(memory, ended + 5));
    }
    addRegistrations(w, memory, row);
  }
}

function addAddressSpace(w: Store, memory: Int32Array, process: number): void {
  const count = vadCount(w, process);
  word(count);
  for (let k = 0; k < count; k++) {
    const vad = vadByAddress(w, process, k);
    const base = baseOf(w, vad);
    words(memory, w.vads.row(vad) + VAD.base, VAD.writable - VAD.base + 1);
    const end = base + countOf(w, vad);
    for (let number = base; number < end; number++) addPage(w, memory, w.page(process, number));
  }
}

/** A page in one word, if that says all: its flags and its frame. */
function addPage(w: Store, memory: Int32Array, row: number): void {
  const flags = at(memory, row + PAGE.state) & FLAGS;
  const frame = at(memory, row + PAGE.pfn);
  word((frame << 8) | flags);
  if (frame !== 0) words(memory, frameRow(w, frame - 1) + FRAME.stamp, 2);
  else if ((flags & COMMITTED) !== 0) words(memory, row + PAGE.stored, 2);
}

/** Outside Windows: who watches which pages, how often they have changed, and what nobody has heard of yet. */
function addHearing(w: Store, memory: Int32Array): void {
  for (let process = 0; process < w.config.processes; process++) {
    w.eachPage(process, (number, row) => {
      const watchers = at(memory, row + PAGE.watchers);
      const generation = at(memory, row + PAGE.generation);
      if (watchers === 0 && generation === 0) return;
      word(number);
      word(watchers);
      word(generation);
    });
    // No page has this number.
    word(-1);
  }
  for (let id = 0; id < w.calls.length; id++) {
    const chain = w.unheardOfInstance;
    const ends = w.instance(id) + INSTANCE.unheard;
    for (let slot = chain.first(ends); slot !== NONE; slot = chain.next(slot)) {
      words(memory, w.unheard.row(slot) + UNHEARD.first, 2);
    }
    word(-1);
  }
}

function addSections(w: Store, memory: Int32Array): void {
  for (const { first, count } of w.sections) {
    for (let row = first; row < first + count * SHARED.width; row += SHARED.width) {
      const frame = at(memory, row + SHARED.pfn);
      word(frame);
      words(memory, frame === 0 ? row + SHARED.stored : frameRow(w, frame - 1) + FRAME.stamp, 2);
    }
  }
}

function addSecures(w: Store, memory: Int32Array): void {
  word(w.secures.count);
  for (let row = w.secures.firstRow(memory); row !== 0; row = w.secures.nextRow(memory, row)) {
    words(memory, row + SECURE.handle, SECURE.nodes - SECURE.handle);
  }
}

function addLocks(w: Store, memory: Int32Array): void {
  word(w.locks.count);
  for (let row = w.locks.firstRow(memory); row !== 0; row = w.locks.nextRow(memory, row)) {
    words(memory, row + LOCK.handle, LOCK.nodes - LOCK.handle);
    word(at(memory, row + LOCK.sockets + 2));
    words(memory, at(memory, row + LOCK.sockets), at(memory, row + LOCK.sockets + 2));
    words(memory, at(memory, row + LOCK.ranges), 4 * at(memory, row + LOCK.ranges + 2));
    const frames = at(memory, row + LOCK.frames);
    for (let i = 0; i < at(memory, row + LOCK.count); i++) {
      word(at(memory, frames + i));
      words(memory, frameRow(w, at(memory, frames + i)) + FRAME.stamp, 2);
    }
    const marks = markWords(memory, row);
    word(marks);
    words(memory, at(memory, row + LOCK.changed), marks);
  }
}

function addRegions(w: Store, memory: Int32Array, provider: number): void {
  word(at(memory, w.nic(provider) + NIC.regions));
  for (let row = w.regions.firstRow(memory); row !== 0; row = w.regions.nextRow(memory, row)) {
    if (at(memory, row + REGION.provider) !== provider) continue;
    words(memory, row + REGION.key, REGION.lock - REGION.key);
    words(memory, at(memory, row + REGION.frames), at(memory, row + REGION.count));
  }
}

function addExposures(w: Store, memory: Int32Array, provider: number): void {
  for (let row = w.exposures.firstRow(memory); row !== 0; row = w.exposures.nextRow(memory, row)) {
    if (at(memory, row + EXPOSURE.provider) !== provider) continue;
    words(memory, row + EXPOSURE.key, EXPOSURE.region - EXPOSURE.key);
  }
}

function addSockets(w: Store, memory: Int32Array): void {
  word(w.sockets.count);
  for (let row = w.sockets.firstRow(memory); row !== 0; row = w.sockets.nextRow(memory, row)) {
    words(memory, row + SOCKET.id, 4);
  }
}

function addTransfers(w: Store, memory: Int32Array): void {
  word(w.transfers.count);
  for (let row = w.transfers.firstRow(memory); row !== 0; row = w.transfers.nextRow(memory, row)) {
    words(memory, row + TRANSFER.nameHash, TRANSFER.width - TRANSFER.nameHash);
  }
}

function addDescriptors(w: Store, memory: Int32Array): void {
  word(w.descriptors.count);
  for (
    let row = w.descriptors.firstRow(memory);
    row !== 0;
    row = w.descriptors.nextRow(memory, row)
  ) {
    words(memory, row + DESCRIPTOR.nameHash, DESCRIPTOR.width - DESCRIPTOR.nameHash);
  }
}

function addRegistrations(w: Store, memory: Int32Array, instance: number): void {
  const chain = w.registrationsOfInstance;
  word(at(memory, instance + INSTANCE.liveCount));
  const ends = instance + INSTANCE.registrations;
  for (let slot = chain.first(ends); slot !== NONE; slot = chain.next(slot)) {
    const row = w.registrations.row(slot);
    words(memory, row + REGISTRATION.nameHash, REGISTRATION.width - REGISTRATION.nameHash);
    words(memory, at(memory, row + REGISTRATION.frames), at(memory, row + REGISTRATION.frameCount));
  }
}

function addGrants(w: Store, memory: Int32Array): void {
  word(w.grants.count);
  for (let row = w.grants.firstRow(memory); row !== 0; row = w.grants.nextRow(memory, row)) {
    words(memory, row + GRANT.kind, GRANT.width - GRANT.kind);
  }
}
