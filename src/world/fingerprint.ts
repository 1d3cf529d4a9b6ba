// A 64-bit fingerprint of a state: equal states have equal fingerprints, whatever rows, blocks and free lists they have
// come to use. What there is is read in an order that the state alone decides (by handle, by address, by the order of
// making where that matters), each list behind its length, and mixed into two lanes of 32 bits. Where something lies in
// the arena has no part in it, and neither has what does not outlast a command.
//
// Two states that differ have equal fingerprints with a probability of about 2^-64.

import { baseOf, countOf, vadByAddress, vadCount } from "./address-space.ts";
import { frameRow } from "./frames.ts";
import { COMMITTED, COPIED, FLAGS } from "./pages.ts";
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
  VAD,
  SINGLE,
} from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";

/**
 * The two lanes, and the key of the next word's place. Every word is mixed with the key of its place, and the results are
 * added up, so that no word waits for the one before it. A function takes them into variables of its own, where they are
 * fast, and puts them back.
 */
let a = 0;
let b = 0;
let key = 0;

const STEP = 0x9e3779b9 | 0;

function word(value: number): void {
  key = (key + STEP) | 0;
  let mixed = Math.imul(value ^ key, 0x85ebca6b);
  mixed ^= mixed >>> 15;
  a = (a + mixed) | 0;
  mixed = Math.imul(mixed + key, 0xc2b2ae35);
  b = (b + (mixed ^ (mixed >>> 13))) | 0;
}

/** So many words of the arena. */
function words(memory: Int32Array, first: number, count: number): void {
  let x = a;
  let y = b;
  let k = key;
  for (let at = first; at < first + count; at++) {
    k = (k + STEP) | 0;
    let mixed = Math.imul((memory[at] as number) ^ k, 0x85ebca6b);
    mixed ^= mixed >>> 15;
    x = (x + mixed) | 0;
    mixed = Math.imul(mixed + k, 0xc2b2ae35);
    y = (y + (mixed ^ (mixed >>> 13))) | 0;
  }
  a = x;
  b = y;
  key = k;
}

/** Puts the fingerprint of the state into two words. */
export function fingerprint(w: Store, into: Uint32Array, at = 0): void {
  a = 0;
  b = 0;
  key = 0;
  addSingles(w);
  addInstances(w);
  for (let process = 0; process < w.config.processes; process++) addAddressSpace(w, process);
  addSections(w);
  addSecures(w);
  addLocks(w);
  for (let provider = 0; provider < w.config.providersPerProcess; provider++) {
    addRegions(w, provider);
    addExposures(w, provider);
  }
  addSockets(w);
  addTransfers(w);
  addDescriptors(w);
  if (w.claims === null) addGrants(w);
  // Each lane ends with something of the other, so that neither is a fingerprint of 32 bits by itself.
  into[at] = finish(a ^ ((b << 13) | (b >>> 19)));
  into[at + 1] = finish(b + Math.imul(a, 0x85ebca6b));
}

function finish(lane: number): number {
  let x = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

function addSingles(w: Store): void {
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
  for (let slot = w.failures.first(); slot !== NONE; slot = w.failures.next(slot)) {
    word(w.mem.at(w.failures.row(slot) + FAILURE.call));
  }
  for (let provider = 0; provider < w.config.providersPerProcess; provider++) {
    words(w.mem.words, w.nic(provider) + NIC.nextRegion, 2);
  }
  words(w.mem.words, w.aliveWord(0), w.config.processes);
}

function addInstances(w: Store): void {
  const { mem } = w;
  for (let id = 0; id < w.calls.length; id++) {
    const row = w.instance(id);
    word(mem.at(row + INSTANCE.started));
    for (let i = 0; i < REMEMBERED; i++) {
      const ended = row + INSTANCE.history + i * ENDED;
      if (mem.doubleAt(ended + 2) === 0) break;
      words(mem.words, ended, 4);
      words(mem.words, mem.at(ended + 4), mem.at(ended + 5));
    }
    addRegistrations(w, row);
  }
}

function addAddressSpace(w: Store, process: number): void {
  const { mem } = w;
  const count = vadCount(w, process);
  word(count);
  for (let k = 0; k < count; k++) {
    const vad = vadByAddress(w, process, k);
    const base = baseOf(w, vad);
    words(mem.words, w.vads.row(vad) + VAD.base, VAD.writable - VAD.base + 1);
    const end = base + countOf(w, vad);
    for (let number = base; number < end; number++) addPage(w, w.page(process, number));
  }
}

/** A page in one word, if that says all: its flags and its frame. */
function addPage(w: Store, row: number): void {
  const { mem } = w;
  const flags = mem.at(row + PAGE.state) & FLAGS;
  const frame = mem.at(row + PAGE.pfn);
  word((frame << 8) | flags);
  if ((flags & COPIED) !== 0) word(mem.at(row + PAGE.copiedFrom));
  if (frame !== 0) words(mem.words, frameRow(w, frame - 1) + FRAME.stamp, 2);
  else if ((flags & COMMITTED) !== 0) words(mem.words, row + PAGE.stored, 2);
}

function addSections(w: Store): void {
  const { mem } = w;
  for (const { first, count } of w.sections) {
    for (let row = first; row < first + count * SHARED.width; row += SHARED.width) {
      const frame = mem.at(row + SHARED.pfn);
      word(frame);
      words(mem.words, frame === 0 ? row + SHARED.stored : frameRow(w, frame - 1) + FRAME.stamp, 2);
    }
  }
}

function addSecures(w: Store): void {
  word(w.secures.count);
  for (let slot = w.secures.first(); slot !== NONE; slot = w.secures.next(slot)) {
    words(w.mem.words, w.secures.row(slot) + SECURE.handle, SECURE.nodes - SECURE.handle);
  }
}

function addLocks(w: Store): void {
  const { mem } = w;
  word(w.locks.count);
  for (let slot = w.locks.first(); slot !== NONE; slot = w.locks.next(slot)) {
    const row = w.locks.row(slot);
    words(mem.words, row + LOCK.handle, LOCK.nodes - LOCK.handle);
    word(mem.at(row + LOCK.sockets + 2));
    words(mem.words, mem.at(row + LOCK.sockets), mem.at(row + LOCK.sockets + 2));
    words(mem.words, mem.at(row + LOCK.ranges), 4 * mem.at(row + LOCK.ranges + 2));
    const frames = mem.at(row + LOCK.frames);
    for (let i = 0; i < mem.at(row + LOCK.count); i++) {
      word(mem.at(frames + i));
      words(mem.words, frameRow(w, mem.at(frames + i)) + FRAME.stamp, 2);
    }
  }
}

function addRegions(w: Store, provider: number): void {
  const { mem } = w;
  word(mem.at(w.nic(provider) + NIC.regions));
  for (let slot = w.regions.first(); slot !== NONE; slot = w.regions.next(slot)) {
    const row = w.regions.row(slot);
    if (mem.at(row + REGION.provider) !== provider) continue;
    words(mem.words, row + REGION.key, REGION.lock - REGION.key);
    words(mem.words, mem.at(row + REGION.frames), mem.at(row + REGION.count));
  }
}

function addExposures(w: Store, provider: number): void {
  const { mem } = w;
  for (let slot = w.exposures.first(); slot !== NONE; slot = w.exposures.next(slot)) {
    const row = w.exposures.row(slot);
    if (mem.at(row + EXPOSURE.provider) !== provider) continue;
    words(mem.words, row + EXPOSURE.key, EXPOSURE.region - EXPOSURE.key);
  }
}

function addSockets(w: Store): void {
  word(w.sockets.count);
  for (let slot = w.sockets.first(); slot !== NONE; slot = w.sockets.next(slot)) {
    words(w.mem.words, w.sockets.row(slot) + SOCKET.id, 4);
  }
}

function addTransfers(w: Store): void {
  word(w.transfers.count);
  for (let slot = w.transfers.first(); slot !== NONE; slot = w.transfers.next(slot)) {
    const row = w.transfers.row(slot);
    words(w.mem.words, row + TRANSFER.nameHash, TRANSFER.width - TRANSFER.nameHash);
  }
}

function addDescriptors(w: Store): void {
  word(w.descriptors.count);
  for (let slot = w.descriptors.first(); slot !== NONE; slot = w.descriptors.next(slot)) {
    const row = w.descriptors.row(slot);
    words(w.mem.words, row + DESCRIPTOR.nameHash, DESCRIPTOR.width - DESCRIPTOR.nameHash);
  }
}

function addRegistrations(w: Store, instance: number): void {
  const { mem } = w;
  const chain = w.registrationsOfInstance;
  word(mem.at(instance + INSTANCE.liveCount));
  const ends = instance + INSTANCE.registrations;
  for (let slot = chain.first(ends); slot !== NONE; slot = chain.next(slot)) {
    const row = w.registrations.row(slot);
    words(mem.words, row + REGISTRATION.nameHash, REGISTRATION.width - REGISTRATION.nameHash);
    words(mem.words, mem.at(row + REGISTRATION.frames), mem.at(row + REGISTRATION.frameCount));
  }
}

function addGrants(w: Store): void {
  word(w.grants.count);
  for (let slot = w.grants.first(); slot !== NONE; slot = w.grants.next(slot)) {
    words(w.mem.words, w.grants.row(slot) + GRANT.kind, GRANT.width - GRANT.kind);
  }
}
