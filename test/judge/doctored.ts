// What only a wrong provider shell could answer. The kit's own shell is right, so these scenes are literal: a
// world, one event, the answer that a right shell gives, and the one that a wrong shell would give.
//
// Judged is the world before a wrong shell has done anything about the event, since it does nothing.

import type { Answer, Event } from "../../model/events.ts";
import { judge, type Finding } from "../../model/judge.ts";
import type { RuleId } from "../../model/rules.ts";
import { connected, type Switch } from "../model/connected.ts";
import { fails, instance0, ok, process1, range, socket, uncached } from "../model/support.ts";

/** One event with two answers: the rule is broken by the second, and not by the first. */
export interface Doctored {
  readonly rule: RuleId;
  /** What a wrong shell does, as a clause. */
  readonly wrong: string;
  readonly observed: string;
  readonly scene: () => Scene;
}

export interface Scene {
  readonly right: readonly Finding[];
  readonly wrong: readonly Finding[];
}

const accepted: Answer = { kind: "transfer", stamps: null, error: null };
const handedOn: Answer = { kind: "wsp", error: null };

/** The event is answered by the world, and then by a shell that lets it pass. */
function answers(one: Switch, event: Event, wrong: Answer): Scene {
  const doctored = judge(one.world.view, event, wrong);
  return { right: judge(one.world.view, event, one.world.apply(event).answer), wrong: doctored };
}

const start = (kind: "send" | "receive", registration: string, on: number): Event => ({
  type: "transferStart",
  as: "t_1",
  kind,
  registration,
  socket: socket(on),
});

const peer = (descriptor: string, access: "read" | "write", on: number): Event => ({
  type: "peerAccess",
  socket: socket(on),
  descriptor,
  access,
  stamp: 9,
});

const deregister = (registration: string, on: number): Event => ({
  type: "wsp",
  function: { name: "WSPDeregisterMemory", registration, socket: socket(on) },
});

const close: Event = { type: "close", socket: socket(1) };
const closed: Event = { type: "closed", socket: socket(1) };

/** One page is registered on socket 1. */
function registered(): Switch {
  const one = connected();
  one.register("mr_1");
  return one;
}

/** One page is exposed, for reading, to the peer of socket 1. */
function exposed(): Switch {
  const one = connected();
  one.registerRdma("mr_1");
  return one;
}

/** The close of socket 1 has begun; a right shell plays all that follows, a wrong one nothing. */
function closes(one: Switch, wrongly: Switch): Scene {
  one.play(close);
  wrongly.world.apply(close);
  return {
    right: judge(one.world.view, closed, null),
    wrong: judge(wrongly.world.view, closed, null),
  };
}

function withTransfer(one: Switch): Switch {
  one.play(start("send", "mr_1", 1));
  return one;
}

/** A provider that leaves the peer's key where it is at the deregister. */
function exposedForEver(): Switch {
  const right = uncached();
  const one = connected((call, host, instance) =>
    call.name === "deregister" ? ok : right(call, host, instance),
  );
  one.registerRdma("mr_1");
  one.wsp({ name: "WSPDeregisterRdmaMemory", registration: "mr_1", socket: socket(1) });
  return one;
}

export const doctored: readonly Doctored[] = [
  {
    rule: "ACCESS-1",
    wrong: "a transfer is started by another process",
    observed: "process 1 started a send on memory of process 0",
    scene: () => answers(registered(), start("send", "mr_1", 5), accepted),
  },
  {
    rule: "ACCESS-2",
    wrong: "the peer of another socket gets in",
    observed: "the peer of s_2 reached it with the descriptor of mr_1",
    scene: () => answers(exposed(), peer("mr_1", "read", 2), accepted),
  },
  {
    rule: "ACCESS-3",
    wrong: "a transfer is started on a buffer that is not registered",
    observed: "send on mr_0 was started",
    scene: () => answers(registered(), start("send", "mr_0", 1), accepted),
  },
  {
    rule: "ACCESS-3",
    wrong: "a transfer is started on a connection that is closing",
    observed: "send on mr_1 was started",
    scene(): Scene {
      const one = registered();
      one.world.apply(close);
      return answers(one, start("send", "mr_1", 1), accepted);
    },
  },
  {
    rule: "ACCESS-3",
    wrong: "the peer gets in while the connection closes",
    observed: "the peer of s_1 reached it with the descriptor of mr_1",
    scene(): Scene {
      const one = exposed();
      one.world.apply(close);
      return answers(one, peer("mr_1", "read", 1), accepted);
    },
  },
  {
    rule: "ACCESS-4",
    wrong: "a receive is started on a buffer that was registered for reading",
    observed: "mr_1 was registered for read",
    scene(): Scene {
      const one = connected();
      const on = { socket: socket(1), range: range(0x10000, 1) };
      one.wsp({ name: "WSPRegisterMemory", as: "mr_1", ...on, flags: 1 });
      return answers(one, start("receive", "mr_1", 1), accepted);
    },
  },
  {
    rule: "ACCESS-4",
    wrong: "the peer writes what it may read",
    observed: "the peer of s_1 reached it",
    scene: () => answers(exposed(), peer("mr_1", "write", 1), accepted),
  },
  {
    rule: "ACCESS-5",
    wrong: "a close ends with a buffer registered",
    observed: "mr_1",
    scene: () => closes(registered(), registered()),
  },
  {
    rule: "ACCESS-5",
    wrong: "a close ends with a buffer exposed",
    observed: "mr_1, key 1",
    scene: () => closes(exposed(), exposed()),
  },
  {
    rule: "ACCESS-5",
    wrong: "a socket is handed over with a buffer registered",
    observed: "mr_1",
    scene(): Scene {
      const handOver: Event = {
        type: "handOver",
        socket: socket(1),
        as: socket(9),
        process: process1,
      };
      const one = registered();
      const wrongly = registered();
      one.play(handOver);
      wrongly.world.apply(handOver);
      return {
        right: judge(one.world.view, closed, null),
        wrong: judge(wrongly.world.view, closed, null),
      };
    },
  },
  {
    rule: "REMOTE-1",
    wrong: "a key works after the deregister",
    observed: "the peer of s_1 reached it with the descriptor of mr_1",
    scene(): Scene {
      const presented = peer("mr_1", "read", 1);
      const one = exposed();
      one.wsp({ name: "WSPDeregisterRdmaMemory", registration: "mr_1", socket: socket(1) });
      const wrongly = exposedForEver();
      return {
        right: judge(one.world.view, presented, one.world.apply(presented).answer),
        wrong: judge(wrongly.world.view, presented, wrongly.world.apply(presented).answer),
      };
    },
  },
  {
    rule: "SPI-2",
    wrong: "a handle is deregistered on another socket",
    observed: "WSPDeregisterMemory of mr_1 on s_2 was accepted",
    scene: () => answers(registered(), deregister("mr_1", 2), handedOn),
  },
  {
    rule: "SPI-2",
    wrong: "a transfer is started on another socket of the process",
    observed: "a send on mr_1 was started on s_2",
    scene: () => answers(registered(), start("send", "mr_1", 2), accepted),
  },
  {
    rule: "SPI-3",
    wrong: "an unknown handle is deregistered",
    observed: "WSPDeregisterMemory of mr_0 on s_1 was accepted",
    scene: () => answers(registered(), deregister("mr_0", 1), handedOn),
  },
  {
    rule: "SPI-3",
    wrong: "a handle is deregistered under a transfer",
    observed: "WSPDeregisterMemory of mr_1 on s_1 was accepted",
    scene: () => answers(withTransfer(registered()), deregister("mr_1", 1), handedOn),
  },
  {
    rule: "SPI-4",
    wrong: "a live handle is unknown to the provider",
    observed: "WSAEINVAL for mr_1, which is live",
    scene(): Scene {
      const one = registered();
      const event = deregister("mr_1", 1);
      const { answer, then } = one.world.apply(event);
      const right = judge(one.world.view, event, answer);
      for (const next of then) one.world.apply(next);
      const denied: Event = { type: "return", instance: instance0, outcome: fails("WSAEINVAL") };
      return { right, wrong: judge(one.world.view, denied, one.world.apply(denied).answer) };
    },
  },
  {
    rule: "SPI-7",
    wrong: "a close ends with a transfer pending",
    observed: "t_1 is still pending",
    scene: () => closes(withTransfer(registered()), withTransfer(registered())),
  },
  {
    rule: "LAW-9",
    wrong: "a transfer of a live buffer is aborted",
    observed: "it was aborted",
    scene(): Scene {
      const one = withTransfer(registered());
      const event: Event = { type: "transferComplete", transfer: "t_1", stamp: 9 };
      const right = judge(one.world.view, event, one.world.apply(event).answer);
      const aborted: Answer = { kind: "transfer", stamps: null, error: "WSA_OPERATION_ABORTED" };
      return { right, wrong: judge(one.world.view, event, aborted) };
    },
  },
];
