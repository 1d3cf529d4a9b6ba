// Programs that give a policy occasion for what generated ones seldom lead to: neighbours that could share a secure and go
// one after the other, several entries in one callback, a NIC that fills up. Each goes round several times, since a policy
// draws anew each time.

import type { WorldConfig } from "../../../model/config.ts";
import type { Command } from "../../../model/trace.ts";
import { wordsFor, type Words } from "../../../properties/cases/words.ts";

const ROUNDS = 8;

export function occasionsFor(config: WorldConfig): readonly (readonly Command[])[] {
  const words = wordsFor(config);
  return [neighbours(words), fullNic(words)];
}

const rounds = (of: (round: number) => readonly Command[]): readonly Command[] =>
  Array.from({ length: ROUNDS }, (_, round) => of(round)).flat();

/** Three pages in a row. The callback comes over one at a time, then over all. */
function neighbours(w: Words): readonly Command[] {
  return [
    w.alloc(0, 3),
    ...rounds((round) => [
      w.register(`mr_a${round}`, 0, 1),
      w.register(`mr_b${round}`, 1, 2),
      w.register(`mr_c${round}`, 2, 3),
      w.deregister(`mr_a${round}`),
      w.deregister(`mr_c${round}`),
      // The one between them is in use, then it is not.
      w.notify(0, 1),
      w.deregister(`mr_b${round}`),
      w.notify(2, 3),
      w.register(`mr_d${round}`, 0, 1),
      w.register(`mr_e${round}`, 2, 3, "read"),
      w.deregister(`mr_d${round}`),
      w.deregister(`mr_e${round}`),
      w.notify(0, 3),
    ]),
  ];
}

/** Page 0 is kept while registers of single bytes fill the NIC. */
function fullNic(w: Words): readonly Command[] {
  const bytes = Array.from({ length: w.nicRegions }, (_, i) => i);
  return [
    w.alloc(0, 3),
    ...rounds((round) => [
      w.register(`mr_${round}`, 0, 1),
      w.deregister(`mr_${round}`),
      ...bytes.map((i) => w.register(`mr_${round}_${i}`, 1 + i * w.byte, 1 + (i + 1) * w.byte)),
      ...bytes.map((i) => w.deregister(`mr_${round}_${i}`)),
      w.notify(1, 2),
    ]),
  ];
}
