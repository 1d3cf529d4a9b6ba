// Choosing the next command of a program: one of all that are possible, each with the same chance.
//
// A place is drawn of all places of all commands (command.ts), and drawn again while nothing is possible there. No
// list is made, and what is possible elsewhere is not asked. Only if as many draws as there are places find nothing,
// everything is tried in order; then the choice is among what was found, so it stays uniform.

import type { Random } from "fast-check";
import type { Command } from "../model/trace.ts";
import type { WorldView } from "../model/view.ts";
import type { CommandRecord, Palette, Setting } from "./command.ts";
import { FreshNames } from "./fresh-names.ts";

/** Rows of the command table to choose from; made once for many programs. */
export interface Choosable {
  /** Those whose number of places changes come first: they are counted for every step, and likely to be drawn. */
  readonly rows: readonly CommandRecord[];
  readonly changing: number;
}

export function choosable(rows: readonly CommandRecord[]): Choosable {
  const changing = rows.filter((row) => row.isFixed !== true);
  const fixed = rows.filter((row) => row.isFixed === true);
  return { rows: [...changing, ...fixed], changing: changing.length };
}

export class Choice {
  readonly #rows: readonly CommandRecord[];
  readonly #changing: number;
  readonly #names: FreshNames;
  #setting: Setting;
  /** The places of each row. */
  readonly #counts: Int32Array;
  /** The places of all rows that have a fixed number of them. */
  #fixed = 0;

  /** Choices among the rows, for a program that begins in the state that the view shows. */
  constructor(
    { rows, changing }: Choosable,
    view: WorldView,
    palette: Palette,
    names: FreshNames = new FreshNames(view.sockets().length),
  ) {
    this.#rows = rows;
    this.#changing = changing;
    this.#names = names;
    this.#setting = { view, palette, names: this.#names };
    this.#counts = new Int32Array(rows.length);
    this.#countFixed();
  }

  /** The rest of the program is about something else. */
  turnTo(palette: Palette): void {
    this.#setting = { ...this.#setting, palette };
    this.#countFixed();
  }

  #countFixed(): void {
    const rows = this.#rows;
    let fixed = 0;
    for (let i = this.#changing; i < rows.length; i++) {
      fixed += this.#counts[i] = rows[i]?.count(this.#setting) ?? 0;
    }
    this.#fixed = fixed;
  }

  /** The next step of the program, which must then be taken; null if nothing is possible. */
  next(random: Random): Command | null {
    const total = this.#countPlaces();
    for (let draws = 0; draws < total; draws++) {
      const command = this.#at(random.nextInt(0, total - 1));
      if (command !== null) return this.#used(command);
    }
    const possible = this.#possible(total);
    if (possible.length === 0) return null;
    const command = this.#at(possible[random.nextInt(0, possible.length - 1)] ?? 0);
    return command && this.#used(command);
  }

  /** Everything that is possible. */
  all(): Command[] {
    return this.#possible(this.#countPlaces()).flatMap((place) => this.#at(place) ?? []);
  }

  #countPlaces(): number {
    const rows = this.#rows;
    const counts = this.#counts;
    const setting = this.#setting;
    let total = this.#fixed;
    for (let i = 0; i < this.#changing; i++) {
      const count = rows[i]?.count(setting) ?? 0;
      counts[i] = count;
      total += count;
    }
    return total;
  }

  #at(place: number): Command | null {
    const counts = this.#counts;
    let i = 0;
    let k = place;
    for (let count = counts[0]; count !== undefined && k >= count; count = counts[++i]) k -= count;
    const row = this.#rows[i];
    if (row === undefined) return null;
    this.#names.forget();
    const args = row.instance(this.#setting, k);
    return args && { name: row.name, args };
  }

  #possible(total: number): number[] {
    const places: number[] = [];
    for (let place = 0; place < total; place++) if (this.#at(place) !== null) places.push(place);
    return places;
  }

  #used(command: Command): Command {
    this.#names.use();
    return command;
  }
}
