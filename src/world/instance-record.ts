// A provider instance as rules and commands read it: always as it is now.

import {
  brand,
  type InstanceId,
  type ProcessId,
  type ProviderId,
  type RegionKey,
} from "../../model/units.ts";
import type { FlatCall } from "./active-call.ts";
import { flagsOf, instanceOfLock, isLocked } from "./entries.ts";
import { RegistrationRecord } from "./records.ts";
import { readFrames } from "./registrations.ts";
import { rangeAt } from "./ranges.ts";
import { ENDED, INSTANCE, LOCK, REGION, REMEMBERED, UNRELEASED, WAS_SECURED } from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";
import type { Ended, InstanceView, Registration, Unreleased } from "./words.ts";

export class InstanceRecord implements InstanceView {
  readonly id: InstanceId;
  readonly process: ProcessId;
  readonly provider: ProviderId;
  readonly #w: Store;

  constructor(w: Store, id: number) {
    this.#w = w;
    this.id = brand(id);
    this.process = brand(w.processOf(id));
    this.provider = brand(w.providerOf(id));
  }

  get started(): boolean {
    return this.#w.mem.at(this.#w.instance(this.id) + INSTANCE.started) === 1;
  }

  get registrations(): readonly Registration[] {
    const w = this.#w;
    const live: Registration[] = [];
    const chain = w.registrationsOfInstance;
    const ends = w.instance(this.id) + INSTANCE.registrations;
    for (let slot = chain.first(ends); slot !== NONE; slot = chain.next(slot)) {
      live.push(new RegistrationRecord(w, slot));
    }
    return live;
  }

  get zombies(): InstanceView["zombies"] {
    const { mem, regions } = this.#w;
    const keys: RegionKey[] = [];
    for (let slot = regions.first(); slot !== NONE; slot = regions.next(slot)) {
      const row = regions.row(slot);
      const isOwn =
        mem.at(row + REGION.process) === this.process &&
        mem.at(row + REGION.provider) === this.provider;
      if (isOwn && mem.at(row + REGION.zombie) === 1) keys.push(brand(mem.at(row + REGION.key)));
    }
    return keys;
  }

  get unreleased(): readonly Unreleased[] {
    const w = this.#w;
    const owed: Unreleased[] = [];
    if (w.mem.at(w.instance(this.id) + INSTANCE.owed) === 0) return owed;
    for (let slot = w.locks.first(); slot !== NONE; slot = w.locks.next(slot)) {
      const flags = flagsOf(w, slot);
      if ((flags & UNRELEASED) === 0 || instanceOfLock(w, slot) !== this.id) continue;
      if (!isLocked(w, slot)) continue;
      const mdl = brand<Unreleased["mdl"]>(w.mem.at(w.locks.row(slot) + LOCK.handle));
      owed.push({ mdl, wasSecured: (flags & WAS_SECURED) !== 0 });
    }
    return owed;
  }

  get history(): readonly Ended[] {
    const w = this.#w;
    const { mem } = w;
    const ended: Ended[] = [];
    const first = w.instance(this.id) + INSTANCE.history;
    for (let at = first; at < first + REMEMBERED * ENDED; at += ENDED) {
      const lengthBytes = mem.doubleAt(at + 2);
      if (lengthBytes === 0) break;
      const frames = readFrames(w, mem.at(at + 4), mem.at(at + 5));
      ended.push({ range: rangeAt(mem.doubleAt(at), lengthBytes), frames });
    }
    return ended;
  }

  get calls(): readonly FlatCall[] {
    return this.#w.calls[this.id] ?? [];
  }

  get lastCall(): FlatCall | null {
    return this.#w.lastCall[this.id] ?? null;
  }
}
