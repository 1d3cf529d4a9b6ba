// Single changes of a state: each field that a state shows, changed by itself where it lies in the arena. What is counted,
// linked or looked up by is left alone: it follows from the others.

import { lastingProjection } from "../../properties/projection.ts";
import { vadByAddress, vadCount } from "../../src/world/address-space.ts";
import type { fingerprint } from "../../src/world/fingerprint.ts";
import { frameRow } from "../../src/world/frames.ts";
import {
  DESCRIPTOR,
  ENDED,
  EXPOSURE,
  FRAME,
  GRANT,
  INSTANCE,
  LOCK,
  PAGE,
  REGION,
  REGISTRATION,
  REMEMBERED,
  SECURE,
  SHARED,
  SINGLE,
  SOCKET,
  TRANSFER,
  UNHEARD,
  VAD,
} from "../../src/world/layout.ts";
import { BAD_BLOCK, COMMITTED, GUARD } from "../../src/world/pages.ts";
import type { Store } from "../../src/world/store.ts";
import { NONE, type Table } from "../../src/world/table.ts";
import { viewOf } from "../../src/world/view.ts";

/** A word, or a double by its first word, and what it becomes. */
interface Change {
  readonly name: string;
  readonly word: number;
  readonly isDouble: boolean;
  readonly by: number;
}

/** Fields of a state that its projection shows and its fingerprint does not tell apart. */
export function unseenFields(w: Store, print: typeof fingerprint): string[] {
  const before = seen(w, print);
  const unseen: string[] = [];
  for (const { name, word, isDouble, by } of changesOf(w)) {
    const was = isDouble ? w.mem.doubleAt(word) : w.mem.at(word);
    const put = (value: number): void =>
      isDouble ? w.mem.putDouble(word, value) : w.mem.put(word, value);
    put(isDouble ? was + by : was ^ by);
    const after = seen(w, print);
    put(was);
    if (after.text !== before.text && after.print === before.print) unseen.push(name);
  }
  return unseen;
}

function seen(w: Store, print: typeof fingerprint): { text: string; print: string } {
  w.forgetEvents();
  const words = new Uint32Array(2);
  print(w, words);
  return { text: JSON.stringify(lastingProjection(viewOf(w))), print: words.join("-") };
}

function changesOf(w: Store): Change[] {
  return [...ofSingles(w), ...ofMemory(w), ...ofHearing(w), ...ofLocks(w), ...ofTables(w)];
}

const bits = (name: string, word: number, by = 1): Change => ({ name, word, isDouble: false, by });
const double = (name: string, word: number, by = 1): Change => ({ name, word, isDouble: true, by });

function ofSingles(w: Store): Change[] {
  const changes: Change[] = [];
  const { processes } = w.config;
  for (let process = 0; process < processes; process++) {
    changes.push(bits("alive", w.aliveWord(process)));
  }
  // The words of which there is one lie in front of those.
  const first = w.connectedEnds - SINGLE.connected;
  for (const name of ["nextPfn", "nextSecure", "nextMdl", "bugCheck", "kill"] as const) {
    changes.push(bits(name, first + SINGLE[name]));
  }
  if (w.get(SINGLE.interrupt) !== 0) {
    changes.push(bits("interruptAfter", first + SINGLE.interruptAfter));
  }
  for (let id = 0; id < w.calls.length; id++) {
    const row = w.instance(id);
    changes.push(bits("started", row + INSTANCE.started));
    for (let i = 0; i < REMEMBERED; i++) {
      const ended = row + INSTANCE.history + i * ENDED;
      if (w.mem.doubleAt(ended + 2) === 0) break;
      changes.push(double("history.start", ended), double("history.lengthBytes", ended + 2));
      const frames = w.mem.at(ended + 4);
      if (w.mem.at(ended + 5) > 0) changes.push(bits("history.frames", frames, 2));
    }
  }
  return changes;
}

function ofMemory(w: Store): Change[] {
  const changes: Change[] = [];
  const frames = new Set<number>();
  for (let process = 0; process < w.config.processes; process++) {
    for (let k = 0; k < vadCount(w, process); k++) {
      const row = w.vads.row(vadByAddress(w, process, k));
      changes.push(bits("vad.writable", row + VAD.writable));
      const base = w.mem.at(row + VAD.base);
      for (let number = base; number < base + w.mem.at(row + VAD.count); number++) {
        const page = w.page(process, number);
        for (const flag of [COMMITTED, GUARD, BAD_BLOCK, 16, 32]) {
          changes.push(bits(`page.flag ${flag}`, page + PAGE.state, flag));
        }
        // Only a committed page without a frame has contents of its own.
        const state = w.mem.at(page + PAGE.state);
        const pfn = w.mem.at(page + PAGE.pfn) - 1;
        if (pfn >= 0) frames.add(pfn);
        else if ((state & COMMITTED) !== 0) changes.push(double("page.stored", page + PAGE.stored));
      }
    }
  }
  for (const { first, count } of w.sections) {
    for (let row = first; row < first + count * SHARED.width; row += SHARED.width) {
      const pfn = w.mem.at(row + SHARED.pfn) - 1;
      if (pfn < 0) changes.push(double("section.stored", row + SHARED.stored));
      else frames.add(pfn);
    }
  }
  for (const pfn of frames) changes.push(double("frame.stamp", frameRow(w, pfn) + FRAME.stamp));
  return changes;
}

/** Who watches, what was counted, and what waits to be heard. */
function ofHearing(w: Store): Change[] {
  const changes: Change[] = [];
  for (let process = 0; process < w.config.processes; process++) {
    for (let number = w.config.granularityPages; number < w.pageEnd; number++) {
      const row = w.page(process, number);
      if (row === 0) continue;
      changes.push(bits("page.watchers", row + PAGE.watchers));
      changes.push(bits("page.generation", row + PAGE.generation));
    }
  }
  for (const row of rowsOf(w.unheard)) {
    changes.push(bits("unheard.first", row + UNHEARD.first));
    changes.push(bits("unheard.count", row + UNHEARD.count, 2));
  }
  return changes;
}

function ofLocks(w: Store): Change[] {
  const changes: Change[] = [];
  for (const row of rowsOf(w.locks)) {
    changes.push(bits("lock.access", row + LOCK.access), bits("lock.flags", row + LOCK.flags, 14));
    if (w.mem.at(row + LOCK.scopes) !== 0) changes.push(bits("lock.scopes", row + LOCK.scopes, 3));
    const frames = w.mem.at(row + LOCK.frames);
    changes.push(bits("lock.frames", frames));
    const marks = w.mem.at(row + LOCK.changed);
    if (marks !== 0) changes.push(bits("lock.changed", marks));
    const sockets = w.mem.at(row + LOCK.sockets + 2);
    for (let i = 0; i < sockets; i++) {
      changes.push(bits("lock.sockets", w.mem.at(row + LOCK.sockets) + i));
    }
    for (let i = 0; i < w.mem.at(row + LOCK.ranges + 2); i++) {
      changes.push(double("lock.ranges", w.mem.at(row + LOCK.ranges) + 4 * i));
    }
    changes.push(double("frame.stamp", frameRow(w, w.mem.at(frames)) + FRAME.stamp));
  }
  return changes;
}

function ofTables(w: Store): Change[] {
  const changes: Change[] = [];
  for (const row of rowsOf(w.secures)) changes.push(bits("secure.mode", row + SECURE.mode));
  for (const row of rowsOf(w.regions)) {
    changes.push(bits("region.access", row + REGION.access), bits("zombie", row + REGION.zombie));
    changes.push(bits("region.frames", w.mem.at(row + REGION.frames)));
  }
  for (const row of rowsOf(w.exposures)) {
    changes.push(bits("exposure.access", row + EXPOSURE.access));
    changes.push(double("exposure.socket", row + EXPOSURE.socket, 2 ** 40));
  }
  for (const row of rowsOf(w.sockets)) changes.push(bits("socket.status", row + SOCKET.status));
  for (const row of rowsOf(w.transfers)) {
    changes.push(bits("transfer.kind", row + TRANSFER.kind));
    changes.push(bits("transfer.inFlight", row + TRANSFER.inFlight));
    changes.push(double("transfer.first", row + TRANSFER.first));
    changes.push(double("transfer.region", row + TRANSFER.region));
  }
  for (const row of rowsOf(w.descriptors)) {
    changes.push(double("descriptor.key", row + DESCRIPTOR.key));
  }
  for (const row of rowsOf(w.registrations)) {
    changes.push(bits("registration.scope", row + REGISTRATION.scope));
    changes.push(bits("registration.access", row + REGISTRATION.access));
    for (const name of ["start", "lengthBytes", "handle", "region", "remoteKey"] as const) {
      changes.push(double(`registration.${name}`, row + REGISTRATION[name], 2 ** 33));
    }
    if (w.mem.at(row + REGISTRATION.frameCount) > 0) {
      changes.push(bits("registration.frames", w.mem.at(row + REGISTRATION.frames), 2));
    }
  }
  for (const row of rowsOf(w.grants)) {
    changes.push(bits("grant.kind", row + GRANT.kind), double("grant.handle", row + GRANT.handle));
    changes.push(bits("grant.kernelHandle", row + GRANT.kernelHandle));
  }
  return changes;
}

function rowsOf(table: Table): number[] {
  const rows: number[] = [];
  for (let slot = table.first(); slot !== NONE; slot = table.next(slot)) rows.push(table.row(slot));
  return rows;
}
