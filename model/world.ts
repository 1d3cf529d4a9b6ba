// A world that runs: it is given events, answers them, and can be read at any time. The reference world keeps
// one immutable state after another.

import type { Claims, WorldConfig } from "./config.ts";
import type { Applied, Event } from "./events.ts";
import { viewOf } from "./reading.ts";
import { initialState, type State } from "./state.ts";
import { apply, applyInPlace } from "./system.ts";
import type { WorldView } from "./view.ts";

export interface World {
  readonly view: WorldView;
  /** Performs the event and answers; see `Applied.then` for what must follow. */
  apply(event: Event): Applied;
}

/** Makes a world in its initial state. `claims` is null when a proxy driver is under test. */
export type WorldFactory = (config: WorldConfig, claims: Claims | null) => World;

/** The reference world, whose state can also be taken out and put back. */
export interface ReferenceWorld extends World {
  state(): State;
  reset(state: State): void;
}

export function referenceWorld(config: WorldConfig, claims: Claims | null): ReferenceWorld {
  let state = initialState(config, claims);
  return {
    view: viewOf(() => state),
    apply(event): Applied {
      const applied = apply(state, event);
      state = applied.state;
      return applied;
    },
    state: () => state,
    reset(next): void {
      state = next;
    },
  };
}

/**
 * The same world on one record that is changed in place. It has no history to go back to, and is several times
 * faster: for walks of the model that look at each state once.
 */
export function walkingWorld(
  config: WorldConfig,
  claims: Claims | null,
): World & { state(): State } {
  const state = structuredClone(initialState(config, claims));
  return {
    view: viewOf(() => state),
    apply: (event) => applyInPlace(state, event),
    state: () => state,
  };
}
