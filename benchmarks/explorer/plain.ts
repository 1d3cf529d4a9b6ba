// The micro-model as somebody writes it in an afternoon: copied objects, breadth first, a Map with JSON for its keys. Written
// from the same words as the definition, and sharing nothing with it: equal counts say that both are right.

import type { MicroSize } from "./micro.ts";

/** A state as an object. */
export interface PlainState {
  table: (number | null)[];
  pending: boolean[];
  buffers: {
    status: "absent" | "live" | "dead";
    snapshot: (number | null)[];
    references: number;
  }[];
}

const pagesOf: readonly (readonly number[])[] = [[0], [1], [2], [0, 1]];

/** What a search of all states counts. */
export interface Counts {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
}

/**
 * Searches all states, each of which is shown to `visit` once.
 *
 * @throws Error if a buffer is stale.
 */
export function searchPlainly(
  size: MicroSize,
  visit: (state: PlainState) => void = () => {},
): Counts {
  const initial: PlainState = {
    table: [null, null, null],
    pending: [false, false, false],
    buffers: pagesOf.map(() => ({ status: "absent", snapshot: [], references: 0 })),
  };
  const depthOf = new Map<string, number>([[JSON.stringify(initial), 0]]);
  let transitions = 0;
  let depth = 0;
  for (const [key, reached] of depthOf) {
    depth = reached;
    const state = JSON.parse(key) as PlainState;
    visit(state);
    for (const successor of successors(state, size)) {
      transitions++;
      const next = JSON.stringify(successor);
      if (depthOf.has(next)) continue;
      if (isStale(successor)) throw new Error(`a stale buffer in ${next}`);
      depthOf.set(next, reached + 1);
    }
  }
  return { states: depthOf.size, transitions, depth };
}

function isStale({ table, pending, buffers }: PlainState): boolean {
  return buffers.some(
    ({ status, snapshot }, b) =>
      status === "live" &&
      pagesOf[b]?.every((p) => !pending[p]) === true &&
      pagesOf[b].some((p, i) => snapshot[i] !== table[p]),
  );
}

function successors(state: PlainState, { frames, references }: MicroSize): PlainState[] {
  const all: PlainState[] = [];
  const after = (change: (copy: PlainState) => void): void => {
    const copy = copyOf(state);
    change(copy);
    all.push(copy);
  };
  const mark = (copy: PlainState, p: number): void => {
    const isUsed = copy.buffers.some(
      (each, b) => each.status === "live" && pagesOf[b]?.includes(p),
    );
    if (isUsed) copy.pending[p] = true;
  };
  for (const [p, frame] of state.table.entries()) {
    for (let f = 0; f < frames; f++) {
      if (state.table.includes(f)) continue;
      after((copy) => {
        if (frame !== null) mark(copy, p);
        copy.table[p] = f;
      });
    }
    if (frame !== null) {
      after((copy) => {
        mark(copy, p);
        copy.table[p] = null;
      });
    }
    if (state.pending[p] === true) after((copy) => callback(copy, p));
  }
  for (const [b, { status, references: count }] of state.buffers.entries()) {
    const pages = pagesOf[b] ?? [];
    const isMapped = pages.every((p) => state.table[p] !== null && state.pending[p] === false);
    if (isMapped && (status === "absent" || (status === "live" && count < references))) {
      after((copy) => register(copy, b));
    }
    if (status !== "absent" && count > 0) after((copy) => deregister(copy, b));
    if (status === "live" && count === 0) after((copy) => forget(copy, b));
  }
  return all;
}

function copyOf({ table, pending, buffers }: PlainState): PlainState {
  return {
    table: [...table],
    pending: [...pending],
    buffers: buffers.map((each) => ({ ...each, snapshot: [...each.snapshot] })),
  };
}

function callback({ pending, buffers }: PlainState, p: number): void {
  pending[p] = false;
  for (const [b, buffer] of buffers.entries()) {
    if (buffer.status !== "live" || pagesOf[b]?.includes(p) !== true) continue;
    buffer.status = buffer.references === 0 ? "absent" : "dead";
    if (buffer.references === 0) buffer.snapshot = [];
  }
}

function register({ table, buffers }: PlainState, b: number): void {
  const buffer = buffers[b];
  if (buffer === undefined) return;
  if (buffer.status === "absent") {
    buffer.status = "live";
    buffer.snapshot = (pagesOf[b] ?? []).map((p) => table[p] ?? null);
  }
  buffer.references++;
}

function deregister(copy: PlainState, b: number): void {
  const buffer = copy.buffers[b];
  if (buffer === undefined) return;
  buffer.references--;
  if (buffer.status === "dead" && buffer.references === 0) forget(copy, b);
}

function forget({ buffers }: PlainState, b: number): void {
  const buffer = buffers[b];
  if (buffer === undefined) return;
  buffer.status = "absent";
  buffer.snapshot = [];
}
