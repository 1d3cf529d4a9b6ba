// What a command is: one record that drives generation, shrinking, replay and every search.
//
// A program is data: commands by name, with resolved arguments (registrations and transfers by the name that
// the program gave them, memory by address). `event` is what a command does; `enabled` says whether it is still
// possible when other steps are gone.
//
// `count` and `instance` enumerate what is possible next. The places that a command could be about (an area of the
// palette, a live registration, a socket) are numbered; `count` says how many there are, without looking whether
// the command is possible there, and `instance` makes the one at a place, or null if there is none now. So a place
// can be drawn without making a list: drawing again while it answers null is uniform over what is possible. A
// search looks at every place from 0 to the count and leaves the nulls out.

import type { Access, Scope } from "../model/contract.ts";
import type { Event } from "../model/events.ts";
import type { RuleId } from "../model/rules.ts";
import type { Command } from "../model/trace.ts";
import type { AddressRange, PageSpan, ProcessId, SocketId } from "../model/units.ts";
import type { WorldView } from "../model/view.ts";

export interface Buffer {
  readonly range: AddressRange;
  /** Its pages. */
  readonly span: PageSpan;
  readonly access: Access;
}

/** What a program is about: few addresses, so that they meet. Drawn once a program. */
export interface Palette {
  /**
   * Where memory is allocated and views are mapped: whole pages, starting at the granularity, by address. A region
   * begins where one of them does.
   */
  readonly areas: readonly PageSpan[];
  /** What is registered, decommitted, protected: ranges that touch, overlap, contain and reuse each other. */
  readonly buffers: readonly Buffer[];
  /** The pages of the buffers, each span once. */
  readonly spans: readonly PageSpan[];
  readonly processes: readonly ProcessId[];
  readonly scopes: readonly Scope[];
  /**
   * Set: nothing is left out because it is unlikely to matter, such as registering what is not valid, or freeing what was
   * never registered. Default: a little of that is enough.
   */
  readonly exhaustive?: true;
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
  readonly names: Names;
}

/** Names that the program so far has not used. Asked again before the next step, they answer the same. */
export interface Names {
  /** mr_1, mr_2 … */
  registration(): string;
  /** t_1, t_2 … */
  transfer(): string;
  socket(): SocketId;
  /** A stamp that was never written. */
  stamp(): number;
}

export interface CommandRecord<A = Args> {
  readonly name: string;
  /** The rules that it helps to provoke. */
  readonly rules: readonly RuleId[];
  /** The subjects it is for. */
  readonly subjects: readonly ("cache" | "driver")[];
  /** How many places there are now: no fewer than possible instances. Looks at sizes only. */
  count(setting: Setting): number;
  /** Set if that is the same throughout a program: it follows from the palette and the world's parameters. */
  readonly isFixed?: true;
  /** The instance at the k-th place, 0 ≤ k < count; null if it is not possible now. */
  instance(setting: Setting, k: number): A | null;
  /** True if the command with these arguments is possible now. */
  enabled(view: WorldView, args: A): boolean;
  /** What it does: one stimulus. */
  event(args: A): Event;
  /** One line, from the state before it. */
  print(view: WorldView, args: A): string;
}

/** A record for the table, whose commands have been through JSON: their arguments have lost their type. */
export function command<A>(record: CommandRecord<A>): CommandRecord {
  return record as unknown as CommandRecord;
}
