// What a command is: one record that drives generation, shrinking, replay and every search.
//
// A program is data: commands by name, with resolved arguments (registrations and transfers by the name that
// the program gave them, memory by address). `count` and `instance` enumerate what is possible now; `event` is
// what it does; `enabled` says whether it is still possible when other steps are gone.

import type { Access, Scope } from "../model/contract.ts";
import type { Event } from "../model/events.ts";
import type { RuleId } from "../model/rules.ts";
import type { Command } from "../model/trace.ts";
import type { AddressRange, PageSpan, ProcessId, SocketId } from "../model/units.ts";
import type { WorldView } from "../model/view.ts";

export interface Buffer {
  readonly range: AddressRange;
  readonly access: Access;
}

/** What a program is about: few addresses, so that they meet. Drawn once a program. */
export interface Palette {
  /** Where memory is allocated and views are mapped: whole pages, starting at the granularity. */
  readonly areas: readonly PageSpan[];
  /** What is registered, decommitted, protected: ranges that touch, overlap, contain and reuse each other. */
  readonly buffers: readonly Buffer[];
  readonly processes: readonly ProcessId[];
  readonly scopes: readonly Scope[];
  /** No more live registrations than this. */
  readonly mostLive: number;
  /** Which kinds of events this program has beside the ordinary ones. */
  readonly with: {
    readonly faults: boolean;
    readonly interrupts: boolean;
    /** Callbacks that no operation raised. */
    readonly notices: boolean;
    readonly lifecycle: boolean;
    readonly protection: boolean;
    readonly views: boolean;
  };
}

export type Args = Command["args"];

/** A choice that depends on the world and the palette, as commands enumerate it. */
export interface Setting {
  readonly view: WorldView;
  readonly palette: Palette;
  /** Fresh names: mr_1, mr_2 …, never used before in this program. */
  fresh(prefix: "mr" | "t"): string;
  /** A socket id never used before in this program. */
  freshSocket(): SocketId;
  /** A stamp never written before in this program. */
  freshStamp(): number;
}

export interface CommandRecord<A = Args> {
  readonly name: string;
  /** The rules that it helps to provoke. */
  readonly rules: readonly RuleId[];
  /** The subjects it is for. */
  readonly subjects: readonly ("cache" | "driver")[];
  /** How many instances are possible now. */
  count(setting: Setting): number;
  /** The k-th of them, 0 ≤ k < count. */
  instance(setting: Setting, k: number): A;
  /** True if the command with these arguments is possible now. */
  enabled(view: WorldView, args: A): boolean;
  /** What it does: one stimulus. */
  event(args: A): Event;
  /** One line, from the state before it. */
  print(view: WorldView, args: A): string;
}

/** Makes one instance of a command, with fresh names from the setting. */
export type Maker<A> = (setting: Setting) => A;

/**
 * Makes a record from a list of instances. The list is made twice for each drawn command, so it must be cheap
 * and the same both times.
 */
export function command<A>(
  row: Omit<CommandRecord<A>, "count" | "instance"> & {
    instances(setting: Setting): readonly Maker<A>[];
  },
): CommandRecord {
  const { instances, ...rest } = row;
  const record: CommandRecord<A> = {
    ...rest,
    count: (setting) => instances(setting).length,
    instance(setting, k): A {
      const make = instances(setting)[k];
      if (make === undefined) throw new RangeError(`${row.name} has no instance ${k}`);
      return make(setting);
    },
  };
  return record as unknown as CommandRecord;
}
