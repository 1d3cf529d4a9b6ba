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
import { lastingProjection } from "../../properties/projection.ts";
import type { Keeping, Player } from "../../properties/stage.ts";
import { FINGERPRINT_WORDS, fingerprintAll } from "../explorer/fingerprint.ts";
import type { Snapshots, System } from "../explorer/system.ts";
import { reusedFlatWorlds, type FlatWorld } from "../world/world.ts";
import { ExactKeys } from "./exact-keys.ts";
import { pack, unpack } from "./packed-words.ts";
import { linesOf, restoreStates, writtenStates } from "./subject-states.ts";

/** What is explored, and what counts as broken. */
export interface ExploredSettings {
  readonly name: string;
  readonly config: WorldConfig;
  readonly claims: Claims | null;
  readonly player: () => Player;
  readonly domain: Domain;
  readonly counts: (finding: Finding) => boolean;
  readonly strict: boolean;
  /** Tell states apart by all that they are, and not by fingerprints. */
  readonly exact: boolean;
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

/** Words of a saved state before the world's: how many those are, packed and unpacked, and the faults so far. */
const HEAD_WORDS = 3;
/** Words of what a key is made of before the subject's: the world's fingerprint, the faults, and how much there is. */
const KEY_HEAD_WORDS = FINGERPRINT_WORDS + 2;
const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What stands on the stage since the last `begin`. */
interface Scene {
  readonly world: FlatWorld;
  readonly trial: Trial;
  readonly keeping: Keeping | null;
}

/** A state that was restored, ready to be restored again: a search comes back to a state for each of its actions. */
interface Restored {
  readonly from: Uint8Array;
  /** The words of the world, and a line for each instance of the subject. */
  readonly world: Int32Array;
  readonly lines: readonly string[];
  readonly faults: number;
  /** What is possible in it; null: nobody has asked yet. */
  commands: readonly Command[] | null;
}

/** The states of a way from the beginning, and the action that led on from each. */
interface Trail {
  readonly steps: { readonly commands: readonly Command[]; action: number | null }[];
  /** The number of the current state. */
  at: number;
}

/** Goes on by an action; where the way before went on by another one, what it met is forgotten. */
function follow(trail: Trail, action: number): void {
  const step = trail.steps[trail.at];
  if (step === undefined)
    throw new RangeError("what is possible is known before an action is performed");
  if (step.action !== action) trail.steps.length = trail.at + 1;
  step.action = action;
  trail.at++;
}

/** A subject that is explored. */
export class ExploredSystem implements System, Snapshots {
  readonly name: string;
  readonly initialCount = 1;
  readonly independence = null;
  readonly keyWords: number;
  readonly exactKeys: boolean;
  /** Null: states are told apart by fingerprints. */
  readonly #exact: ExactKeys | null;
  readonly #settings: ExploredSettings;
  readonly #makeWorld: (config: WorldConfig, claims: Claims | null) => FlatWorld =
    reusedFlatWorlds();
  #scene: Scene;
  #faults = 0;
  /** What is possible in the current state; null: nobody has asked. */
  #commands: readonly Command[] | null = null;
  /** Ways begin alike: what was possible on the last one, as far as the present one follows it. Null: a state was restored. */
  #trail: Trail | null = null;
  /** Null: the current state is not one that was restored. */
  #restored: Restored | null = null;
  #lastRestored: Restored | null = null;
  /** What the subject keeps in the current state; null: nobody has asked. */
  #kept: string | null = null;
  #encoded: Uint8Array | null = null;
  #words: Int32Array = new Int32Array(0);
  #unpacked: Int32Array = new Int32Array(0);
  #packed: Int32Array = new Int32Array(0);
  /** 0: the current world is not packed. */
  #packedCount = 0;
  readonly #performed = new Set<string>();
  readonly #situations = new Map<number, number>();
  readonly #nonStrict = new Set<RuleId>();

  constructor(settings: ExploredSettings) {
    this.name = settings.name;
    this.exactKeys = settings.exact;
    this.keyWords = settings.exact ? 1 : FINGERPRINT_WORDS;
    this.#exact = settings.exact ? new ExactKeys() : null;
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
    this.#trail = { steps: this.#trail?.steps ?? [], at: 0 };
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
    this.#encoded = null;
    this.#packedCount = 0;
  }

  actionCount(): number {
    this.#settings.onState();
    return this.#possible().length;
  }

  #possible(): readonly Command[] {
    this.#commands ??= this.#trail?.steps[this.#trail.at]?.commands ?? null;
    if (this.#commands !== null) return this.#commands;
    const { domain } = this.#settings;
    const { world, trial } = this.#scene;
    const all = trial.isOver() ? [] : possibleCommands(domain, world.view);
    const commands = this.#faults < domain.mostFaults ? all : all.filter((each) => !isFault(each));
    this.#commands = commands;
    if (this.#restored !== null) this.#restored.commands = commands;
    if (this.#trail !== null) this.#trail.steps[this.#trail.at] = { commands, action: null };
    return commands;
  }

  apply(action: number): boolean {
    const command = this.#possible()[action];
    if (command === undefined || !this.#scene.trial.perform(command)) return false;
    if (isFault(command)) this.#faults++;
    if (this.#trail !== null) follow(this.#trail, action);
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

  /** What exact keys take beside the tables of the search. */
  get keyBytes(): number {
    return this.#exact?.bytes ?? 0;
  }

  writeKey(into: Int32Array): void {
    if (this.#exact === null) this.#writeFingerprint(into);
    else into[0] = this.#exact.numberOf(this.#text());
  }

  #text(): string {
    const state = [lastingProjection(this.#scene.world.view), this.#faults];
    return JSON.stringify(state) + this.#keptNow();
  }

  #writeFingerprint(into: Int32Array): void {
    const kept = this.#keptNow();
    const count = KEY_HEAD_WORDS + Math.ceil(kept.length / 2);
    if (this.#words.length < count) this.#words = new Int32Array(2 * count);
    const words = this.#words;
    this.#scene.world.fingerprint(new Uint32Array(words.buffer, 0, FINGERPRINT_WORDS));
    words[FINGERPRINT_WORDS] = this.#faults;
    words[FINGERPRINT_WORDS + 1] = kept.length;
    for (let at = 0; at < kept.length; at += 2) {
      // Behind the last one, NaN counts as 0.
      const pair = (kept.charCodeAt(at) << 16) | kept.charCodeAt(at + 1);
      words[KEY_HEAD_WORDS + at / 2] = pair;
    }
    fingerprintAll(words, 1, count, into);
  }

  #keptNow(): string {
    const { world, keeping } = this.#scene;
    if (keeping === null) throw new TypeError(`${this.name} does not keep its states`);
    return (this.#kept ??= writtenStates(world.view, keeping));
  }

  #encodedNow(): Uint8Array {
    return (this.#encoded ??= encoder.encode(this.#keptNow()));
  }

  sizeBytes(): number {
    return WORD_BYTES * (HEAD_WORDS + this.#packedNow()) + this.#encodedNow().length;
  }

  /** Packs the current world, and says how many words it took. */
  #packedNow(): number {
    if (this.#packedCount > 0) return this.#packedCount;
    const { world } = this.#scene;
    const count = world.sizeWords();
    if (this.#unpacked.length < count) this.#unpacked = new Int32Array(2 * count);
    const most = count + Math.ceil(count / 2) + 1;
    if (this.#packed.length < most) this.#packed = new Int32Array(2 * most);
    this.#packedCount = pack(world.save(this.#unpacked), count, this.#packed);
    return this.#packedCount;
  }

  save(into: Uint8Array): void {
    const count = this.#packedNow();
    const words = new Int32Array(into.buffer, into.byteOffset, HEAD_WORDS + count);
    words[0] = count;
    words[1] = this.#scene.world.sizeWords();
    words[2] = this.#faults;
    words.set(this.#packed.subarray(0, count), HEAD_WORDS);
    into.set(this.#encodedNow(), WORD_BYTES * words.length);
  }

  restore(from: Uint8Array): void {
    const { world, trial, keeping } = this.#scene;
    if (this.#lastRestored?.from !== from) this.#lastRestored = this.#unpackedFrom(from);
    const { faults, lines } = this.#lastRestored;
    world.restore(this.#lastRestored.world);
    if (keeping !== null) restoreStates(world.view, keeping, lines);
    trial.resume();
    this.#faults = faults;
    this.#trail = null;
    this.#moved(this.#lastRestored);
  }

  #unpackedFrom(from: Uint8Array): Restored {
    const head = new Int32Array(from.buffer, from.byteOffset, HEAD_WORDS);
    const count = head[0] as number;
    const size = head[1] as number;
    const packed = new Int32Array(from.buffer, from.byteOffset + WORD_BYTES * HEAD_WORDS, count);
    const before = this.#lastRestored?.world;
    const world = before?.length === size ? before : new Int32Array(size);
    unpack(packed, world);
    const text = decoder.decode(from.subarray(WORD_BYTES * (HEAD_WORDS + count)));
    return { from, world, faults: head[2] as number, lines: linesOf(text), commands: null };
  }
}
