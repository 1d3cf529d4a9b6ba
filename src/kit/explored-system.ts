// A subject in a world, as a system that the explorer moves: commands are its actions, and what the judge says is what is
// broken. Its state is the whole flat world, in which everything is that the judge remembers; what the subject keeps, as it
// says itself; and how many faults the program has had.
//
// A subject that does not say what it keeps has no snapshots, and is searched as a tree.

import type { Claims, WorldConfig } from "../../model/config.ts";
import type { Finding } from "../../model/judge.ts";
import type { RuleId } from "../../model/rules.ts";
import type { Command } from "../../model/trace.ts";
import { Trial } from "../../properties/agreement.ts";
import { printCommand } from "../../properties/commands.ts";
import { isFault, possibleCommands, type Domain } from "../../properties/domain.ts";
import type { Keeping, Player } from "../../properties/stage.ts";
import { FINGERPRINT_WORDS, fingerprintAll } from "../explorer/fingerprint.ts";
import type { Snapshots, System } from "../explorer/system.ts";
import { reusedFlatWorlds, type FlatWorld } from "../world/world.ts";
import { restoreStates, writtenStates } from "./subject-states.ts";

/** What is explored, and what counts as broken. */
export interface ExploredSettings {
  readonly name: string;
  readonly config: WorldConfig;
  readonly claims: Claims | null;
  readonly player: () => Player;
  readonly domain: Domain;
  readonly counts: (finding: Finding) => boolean;
  readonly strict: boolean;
  /** Called before a state is left. */
  readonly onState: () => void;
}

/** What was seen of a subject while it was explored. */
export interface Seen {
  /** Names of commands that were performed, in the order of the table. */
  readonly commands: readonly string[];
  /** How often each situation of the witness table was met. */
  readonly situations: ReadonlyMap<number, number>;
  /** Should-rules that were broken. */
  readonly nonStrict: ReadonlySet<RuleId>;
}

/** Words of a saved state before the world's: how many those are, and the faults so far. */
const HEAD_WORDS = 2;
const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;

/** What stands on the stage since the last `begin`. */
interface Scene {
  readonly world: FlatWorld;
  readonly trial: Trial;
  readonly keeping: Keeping | null;
}

/** A state that was restored, and the commands that are possible in it; null: nobody has asked yet. */
interface Restored {
  readonly from: Uint8Array;
  commands: readonly Command[] | null;
}

/** A subject that is explored. */
export class ExploredSystem implements System, Snapshots {
  readonly name: string;
  readonly initialCount = 1;
  readonly independence = null;
  readonly keyWords: number = FINGERPRINT_WORDS;
  readonly exactKeys = false;
  readonly #settings: ExploredSettings;
  readonly #makeWorld: (config: WorldConfig, claims: Claims | null) => FlatWorld =
    reusedFlatWorlds();
  #scene: Scene;
  #faults = 0;
  /** What is possible in the current state; null: nobody has asked. */
  #commands: readonly Command[] | null = null;
  /** Null: the current state is not one that was restored. */
  #restored: Restored | null = null;
  #lastRestored: Restored | null = null;
  /** What the subject keeps in the current state; null: nobody has asked. */
  #kept: Uint8Array | null = null;
  #words: Int32Array = new Int32Array(0);
  readonly #performed = new Set<string>();
  readonly #situations = new Map<number, number>();
  readonly #nonStrict = new Set<RuleId>();

  constructor(settings: ExploredSettings) {
    this.name = settings.name;
    this.#settings = settings;
    this.#scene = this.#newScene();
  }

  get snapshots(): Snapshots | null {
    return this.#scene.keeping === null ? null : this;
  }

  /** What was seen so far, on all ways. */
  seen(): Seen {
    this.#note();
    return {
      commands: this.#settings.domain.rows
        .map(({ name }) => name)
        .filter((name) => this.#performed.has(name)),
      situations: this.#situations,
      nonStrict: this.#nonStrict,
    };
  }

  /** Takes down what the present trial saw; there is a new one after that. */
  #note(): void {
    const { trial } = this.#scene;
    for (const [index, count] of trial.situations()) {
      this.#situations.set(index, (this.#situations.get(index) ?? 0) + count);
    }
    for (const { rule } of trial.nonStrict) this.#nonStrict.add(rule);
  }

  begin(): void {
    this.#note();
    this.#scene = this.#newScene();
    this.#faults = 0;
    this.#lastRestored = null;
    this.#moved(null);
  }

  #newScene(): Scene {
    const { config, claims, player: newPlayer, counts, strict } = this.#settings;
    const world = this.#makeWorld(config, claims);
    const player = newPlayer();
    const trial = new Trial({ world, player, counts, strict, record: false });
    trial.begin();
    const keeping = player.kind === "cache" ? (player.provider.keeping ?? null) : null;
    return { world, trial, keeping };
  }

  /** Another state is the current one. */
  #moved(restored: Restored | null): void {
    this.#restored = restored;
    this.#commands = restored?.commands ?? null;
    this.#kept = null;
  }

  actionCount(): number {
    this.#settings.onState();
    return this.#possible().length;
  }

  /** A search comes back to a state for each of its actions; they are listed once. */
  #possible(): readonly Command[] {
    if (this.#commands !== null) return this.#commands;
    const { domain } = this.#settings;
    const { world, trial } = this.#scene;
    const all = trial.isOver() ? [] : possibleCommands(domain, world.view);
    const commands = this.#faults < domain.mostFaults ? all : all.filter((each) => !isFault(each));
    this.#commands = commands;
    if (this.#restored !== null) this.#restored.commands = commands;
    return commands;
  }

  apply(action: number): boolean {
    const command = this.#possible()[action];
    if (command === undefined || !this.#scene.trial.perform(command)) return false;
    if (isFault(command)) this.#faults++;
    this.#performed.add(command.name);
    this.#moved(null);
    return true;
  }

  broken(): string | null {
    const { violation, broken } = this.#scene.trial;
    return broken ?? violation?.[0]?.rule ?? null;
  }

  describe(action: number): string {
    const command = this.#possible()[action];
    return command === undefined ? "" : printCommand(this.#scene.world.view, command);
  }

  /** A state is too much to read; the trace of the program shows what came of each command. */
  describeState(): string {
    return "";
  }

  /** The commands of a way, which is performed from the beginning. */
  program(actions: readonly number[]): Command[] {
    this.begin();
    return actions.flatMap((action) => {
      const command = this.#possible()[action];
      this.apply(action);
      return command ?? [];
    });
  }

  writeKey(into: Int32Array): void {
    const kept = this.#keptNow();
    const words = this.#wordsFor(FINGERPRINT_WORDS + 2 + Math.ceil(kept.length / WORD_BYTES));
    this.#scene.world.fingerprint(new Uint32Array(words.buffer, 0, FINGERPRINT_WORDS));
    words[FINGERPRINT_WORDS] = this.#faults;
    words[FINGERPRINT_WORDS + 1] = kept.length;
    // What is kept may not fill the last word; there is one, since its length is not 0 but for no instance at all.
    if (kept.length > 0) words[words.length - 1] = 0;
    new Uint8Array(words.buffer).set(kept, (FINGERPRINT_WORDS + 2) * WORD_BYTES);
    fingerprintAll(words, 1, words.length, into);
  }

  #wordsFor(count: number): Int32Array {
    if (this.#words.length !== count) this.#words = new Int32Array(count);
    return this.#words;
  }

  #keptNow(): Uint8Array {
    const { world, keeping } = this.#scene;
    if (keeping === null) throw new TypeError(`${this.name} does not keep its states`);
    return (this.#kept ??= writtenStates(world.view, keeping));
  }

  sizeBytes(): number {
    return WORD_BYTES * (HEAD_WORDS + this.#scene.world.sizeWords()) + this.#keptNow().length;
  }

  save(into: Uint8Array): void {
    const { world } = this.#scene;
    const count = world.sizeWords();
    const words = new Int32Array(into.buffer, into.byteOffset, HEAD_WORDS + count);
    words[0] = count;
    words[1] = this.#faults;
    world.save(words.subarray(HEAD_WORDS));
    into.set(this.#keptNow(), WORD_BYTES * words.length);
  }

  restore(from: Uint8Array): void {
    const { world, trial, keeping } = this.#scene;
    const count = new Int32Array(from.buffer, from.byteOffset, 1)[0] ?? 0;
    const words = new Int32Array(from.buffer, from.byteOffset, HEAD_WORDS + count);
    world.restore(words.subarray(HEAD_WORDS));
    this.#faults = words[1] ?? 0;
    if (keeping !== null) {
      restoreStates(world.view, keeping, from.subarray(WORD_BYTES * words.length));
    }
    trial.resume();
    const isAgain = this.#lastRestored?.from === from;
    this.#lastRestored = isAgain ? this.#lastRestored : { from, commands: null };
    this.#moved(this.#lastRestored);
  }
}
