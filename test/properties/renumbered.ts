// A trace as somebody else would have recorded it: no commands, and other numbers for locks, secures, regions and keys.
//
// Numbers begin at 100 and are given out again as soon as what they named is released, as real ones are. Which field holds
// which kind of number is written down here once more, by the names of the fields.

import type { HostCall } from "../../model/events.ts";
import type { Trace, TraceStep } from "../../model/trace.ts";

type Kind = "lock" | "secure" | "region" | "key";

const kindOfField: Readonly<Record<string, Kind>> = {
  mdl: "lock",
  region: "region",
  key: "key",
  remoteKey: "key",
};
const made: Partial<Record<HostCall["name"], Kind>> = {
  lock: "lock",
  secure: "secure",
  nicRegister: "region",
  expose: "key",
};
const released: Partial<Record<HostCall["name"], Kind>> = {
  unlock: "lock",
  unsecure: "secure",
  nicDeregister: "region",
  unexpose: "key",
};

/** Numbers of one kind in one provider. */
class Numbers {
  readonly #given = new Map<number, number>();
  readonly #used = new Set<number>();

  of(number: number): number {
    return this.#given.get(number) ?? number + 10_000;
  }

  give(number: number): number {
    let other = 100;
    while (this.#used.has(other)) other++;
    this.#used.add(other);
    this.#given.set(number, other);
    return other;
  }

  release(number: number): void {
    this.#used.delete(this.of(number));
  }
}

export function renumbered(trace: Trace): Trace {
  const numbers = new Map<string, Numbers>();
  const { providersPerProcess } = trace.header.config;
  const steps = trace.steps.flatMap((step): readonly TraceStep[] => {
    if (!("event" in step)) return [];
    const { event } = step;
    const provider = "instance" in event ? event.instance % providersPerProcess : 0;
    const numbersOf = (kind: Kind): Numbers => {
      const name = `${kind} ${provider}`;
      const found = numbers.get(name) ?? new Numbers();
      numbers.set(name, found);
      return found;
    };
    const call = event.type === "host" ? event.call : event.type === "interrupt" ? event.at : null;
    const isUnsecure = call?.name === "unsecure";
    const other = JSON.parse(JSON.stringify(event), (field, value: unknown) => {
      const kind = field === "handle" && isUnsecure ? "secure" : kindOfField[field];
      return kind !== undefined && typeof value === "number" ? numbersOf(kind).of(value) : value;
    }) as typeof event;
    return [{ event: other, answer: answerOf(step, numbersOf) }];
  });
  return { header: trace.header, steps };
}

type Recorded = Extract<TraceStep, { event: object }>;

/** What a host call hands out gets a number; what it releases loses its own. */
function answerOf(
  { event, answer }: Recorded,
  numbersOf: (kind: Kind) => Numbers,
): Recorded["answer"] {
  if (event.type !== "host" || answer?.kind !== "host" || !answer.result.ok) return answer;
  const { call } = event;
  const gone = released[call.name];
  if (gone !== undefined) {
    const [number] = Object.values(call).filter((each) => typeof each === "number");
    numbersOf(gone).release(number ?? 0);
  }
  const kind = made[call.name];
  const { value } = answer.result;
  return kind === undefined || typeof value !== "number"
    ? answer
    : { kind: "host", result: { ok: true, value: numbersOf(kind).give(value) } };
}
