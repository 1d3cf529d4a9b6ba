// Calls of two threads in one provider instance, event by event.

import { describe, expect, it } from "vitest";
import type { Claims } from "../../model/config.ts";
import type { CallOutcome, Event, HostCall } from "../../model/events.ts";
import { judge, type Finding } from "../../model/judge.ts";
import { brand, type InstanceId } from "../../model/units.ts";
import { referenceWorld, type ReferenceWorld } from "../../model/world.ts";
import { eventOf } from "../../properties/commands.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import { raceConfig } from "../../src/kit/race/domain.ts";

const config = raceConfig("refuse-notify-retry");
const words = wordsFor(config);
const instance = brand<InstanceId>(0);
const claims: Claims = {
  caches: { local: true, remote: true },
  hit: "exact",
  inUse: "refuse",
  limits: { entries: null, pages: null, pending: 0 },
  notification: "refuse-notify-retry",
  callback: true,
};

/** A world, and what the judge says of each event that it is given. */
interface Lab {
  readonly world: ReferenceWorld;
  /** Performs an event, and what follows from it as a call; answers what is found. */
  do(event: Event): readonly Finding[];
  turn(thread: number): readonly Finding[];
  host(call: HostCall): readonly Finding[];
  returns(outcome: CallOutcome): readonly Finding[];
}

function lab(): Lab {
  const world = referenceWorld(config, claims);
  const perform = (event: Event): readonly Finding[] => {
    const { answer, then } = world.apply(event);
    const findings = judge(world.view, event, answer);
    const [next] = then;
    return next?.type === "call" ? [...findings, ...perform(next)] : findings;
  };
  return {
    world,
    do: perform,
    turn: (thread) => perform({ type: "resume", thread, pending: [] }),
    host: (call) => perform({ type: "host", instance, call }),
    returns: (outcome) => perform({ type: "return", instance, outcome }),
  };
}

const range = words.range(0, 1);

/** One page is secured, locked, and registered as mr_1, in one thread. */
function registered(): Lab {
  const one = lab();
  one.do(eventOf(words.alloc(0, 2)));
  one.do(eventOf(words.register("mr_1", 0, 1)));
  one.host({ name: "secure", range, mode: "readwrite" });
  one.host({ name: "lock", range, access: "readwrite" });
  one.host({ name: "nicRegister", mdl: brand(1), access: "readwrite" });
  one.returns({ ok: true, handle: brand(1), region: brand(1), offsetBytes: 0 });
  return one;
}

const rulesOf = (findings: readonly Finding[]): readonly string[] =>
  findings.filter(({ fails }) => fails).map(({ rule }) => rule);

describe("resume", () => {
  it("makes the thread's calls the innermost ones: host calls and returns are theirs", () => {
    const { world, ...one } = registered();
    one.turn(1);
    one.do(eventOf(words.register("mr_2", 1, 2)));
    one.turn(2);
    one.do(eventOf(words.notify(0, 1)));
    one.turn(1);
    one.host({ name: "secure", range: words.range(1, 2), mode: "readwrite" });
    const calls = world.view.instance(instance).calls;
    expect(calls.map(({ call, work }) => [call.name, work.secure])).toEqual([
      ["invalidate", 0],
      ["register", 1],
    ]);
    one.turn(2);
    one.returns({ ok: false, error: "WSAEFAULT" });
    expect(world.view.instance(instance).calls.map(({ call }) => call.name)).toEqual(["register"]);
  });

  it("gives each thread numbers of its own", () => {
    const one = registered();
    const answers: unknown[] = [];
    for (const thread of [2, 1, 2]) {
      one.turn(thread);
      const { answer } = one.world.apply({
        type: "host",
        instance,
        call: { name: "lock", range, access: "read" },
      });
      answers.push(answer);
    }
    const locks = [201, 101, 202].map((value) => ({ kind: "host", result: { ok: true, value } }));
    expect(answers).toEqual(locks);
  });

  it("tells overlapping calls what the others are about, and what they are about to ask", () => {
    const { world, ...one } = registered();
    one.turn(1);
    one.do(eventOf(words.register("mr_2", 1, 2)));
    const at: HostCall = { name: "nicDeregister", region: brand(1) };
    one.do({ type: "resume", thread: 2, pending: [{ thread: 1, at }] });
    one.do(eventOf(words.notify(0, 1)));
    const [register, callback] = world.view.instance(instance).calls;
    const [first, second] = [world.view.region(brand(0), brand(1))?.span, { count: 1 }];
    expect(callback?.touchedBeside).toContainEqual(first);
    expect(register?.touchedBeside).toMatchObject([second]);
    expect(register?.interrupted).toBe(true);
  });
});

describe("LAW-11", () => {
  /** A callback over mr_1 while another thread registers the same page: `answer`, then the register is a hit. */
  function episode(answer: CallOutcome): readonly Finding[] {
    const one = registered();
    one.turn(1);
    one.do(eventOf(words.register("mr_2", 0, 1)));
    one.turn(2);
    one.do(eventOf(words.notify(0, 1)));
    const atReturn = one.returns(answer);
    one.turn(1);
    const atEnd = one.returns({ ok: true, handle: brand(1), region: brand(1), offsetBytes: 0 });
    return [...atReturn, ...atEnd];
  }

  it("LAW-11: a callback that answers 0 over what is in use all the time has no place in any order", () => {
    const [found, ...others] = episode({ ok: true });
    expect(others.filter(({ fails }) => fails)).toEqual([]);
    expect(found).toMatchObject({
      rule: "LAW-11",
      expected: "an order of callback (0), register of mr_2 (0) that explains all the answers",
    });
  });

  it("LAW-11: one that answers WSAEFAULT has", () => {
    expect(rulesOf(episode({ ok: false, error: "WSAEFAULT" }))).toEqual([]);
  });

  it("LAW-11: WSAEINVAL is no answer while something idle was there all the time", () => {
    const answered = (error: "WSAEINVAL" | "WSAEFAULT"): readonly string[] => {
      const one = registered();
      one.do(eventOf(words.deregister("mr_1")));
      one.returns({ ok: true });
      // Of another page, but about to ask for something of this one: the callback is not judged by itself.
      one.turn(1);
      one.do(eventOf(words.register("mr_2", 1, 2)));
      const at: HostCall = { name: "lock", range, access: "read" };
      one.do({ type: "resume", thread: 2, pending: [{ thread: 1, at }] });
      one.do(eventOf(words.notify(0, 1)));
      const atReturn = one.returns({ ok: false, error });
      one.turn(1);
      return rulesOf([...atReturn, ...one.returns({ ok: false, error: "WSAEFAULT" })]);
    };
    expect(answered("WSAEINVAL")).toEqual(["SPI-1", "LAW-11"]);
    expect(answered("WSAEFAULT")).toEqual(["SPI-1"]);
  });
});

describe("LAW-10", () => {
  it("LAW-10: a standstill names the calls that are in progress", () => {
    const one = registered();
    one.turn(1);
    one.do(eventOf(words.register("mr_2", 0, 1)));
    one.turn(2);
    one.do(eventOf(words.notify(0, 1)));
    expect(one.do({ type: "standstill", kind: "deadlock" })).toEqual([
      {
        rule: "LAW-10",
        fails: true,
        expected: "every call returns once the host has answered what it asked",
        observed: "register of mr_2 and callback wait, and nothing is left that could happen",
      },
    ]);
    expect(one.do({ type: "standstill", kind: "livelock" })[0]?.observed).toBe(
      "register of mr_2 and callback go on and on",
    );
  });
});
