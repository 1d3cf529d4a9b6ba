import { describe, expect, it } from "vitest";
import type { SocketId } from "../../model/units.ts";
import { connected } from "./connected.ts";
import {
  instance0,
  process0,
  process1,
  provider0,
  socket,
  type Lab,
  type Played,
} from "./support.ts";

function nameOf({ event }: Played): string {
  if (event.type === "call") {
    const what =
      "registration" in event.call
        ? event.call.registration
        : "socket" in event.call
          ? event.call.socket
          : event.instance;
    return `${event.call.name} ${what}`;
  }
  if (event.type === "close" || event.type === "closed") return `${event.type} ${event.socket}`;
  return event.type;
}

/** Events by name, without the calls of the cache into its host and its returns. */
const names = (played: readonly Played[]): string[] =>
  played.map(nameOf).filter((name) => name !== "host" && name !== "return");

const statusOf = (one: Lab, id: SocketId): string | undefined =>
  one.world.view.sockets().find((each) => each.id === id)?.status;

describe("WSPCloseSocket", () => {
  it("deregisters what the socket has registered, tells the cache, and then is closed", () => {
    const one = connected();
    one.register("a");
    one.register("b", undefined, socket(2));
    one.registerRdma("c");
    expect(names(one.play({ type: "close", socket: socket(1) }))).toEqual([
      "close 1",
      "deregister a",
      "deregister c",
      "closeSocket 1",
      "closed 1",
    ]);
    expect(one.live()).toEqual(["b"]);
    expect([1, 2].map((id) => statusOf(one, socket(id)))).toEqual(["closed", "connected"]);
  });
  it("stops DMA first, so that the deregisters are not BUSY; the operations end with it", () => {
    const one = connected();
    one.register("a");
    one.register("b", undefined, socket(2));
    const start = { type: "transferStart", kind: "receive" } as const;
    one.play({ ...start, as: "mine", registration: "a", socket: socket(1) });
    one.play({ ...start, as: "other", registration: "b", socket: socket(2) });
    one.world.apply({ type: "close", socket: socket(1) });
    expect(one.world.view.transfers().map((each) => [each.name, each.inFlight])).toEqual([
      ["mine", false],
      ["other", true],
    ]);
    one.world.apply({ type: "closed", socket: socket(1) });
    expect(one.world.view.transfers().map((each) => each.name)).toEqual(["other"]);
  });
  it("leaves nothing of a transfer in the way of the deregisters", () => {
    const one = connected();
    one.register("a");
    const transfer = { as: "t", kind: "send", registration: "a", socket: socket(1) } as const;
    one.play({ type: "transferStart", ...transfer });
    one.play({ type: "close", socket: socket(1) });
    expect(one.world.view.regions(provider0)).toEqual([]);
    expect(one.world.view.locked()).toEqual([]);
  });
  it("of a socket that is not connected is a mistake of the caller", () => {
    const one = connected();
    one.play({ type: "close", socket: socket(1) });
    expect(() => one.play({ type: "close", socket: socket(1) })).toThrow(
      "socket 1 is not connected",
    );
  });
});

describe("a hand-over", () => {
  it("closes the socket here and connects a new one, of the same provider, there", () => {
    const one = connected();
    one.register("a");
    const played = one.play({
      type: "handOver",
      socket: socket(1),
      as: socket(20),
      process: process1,
    });
    expect(names(played)).toEqual([
      "handOver",
      "deregister a",
      "closeSocket 1",
      "closed 1",
      "connect",
    ]);
    expect(one.live()).toEqual([]);
    expect(statusOf(one, socket(1))).toBe("closed");
    expect(one.world.view.sockets().at(-1)).toEqual({
      id: 20,
      process: 1,
      provider: 0,
      status: "connected",
    });
  });
  it("lets the other process register on it, and this one no more", () => {
    const one = connected();
    const as = socket(20);
    one.play({ type: "handOver", socket: socket(1), as, process: process1 });
    expect(one.register("old")).toBe("WSAENOTCONN");
    expect(one.register("new", undefined, as)).toBeNull();
    expect(one.live(2)).toEqual(["new"]);
  });
  it("starts the provider there if it was cleaned up", () => {
    const one = connected();
    one.play({ type: "cleanup", instance: one.world.view.instances()[2]?.id ?? instance0 });
    const played = one.play({
      type: "handOver",
      socket: socket(1),
      as: socket(20),
      process: process1,
    });
    expect(names(played).slice(-2)).toEqual(["connect", "start"]);
    expect(one.world.view.instances()[2]?.started).toBe(true);
  });
});

describe("WSPCleanup", () => {
  it("closes every open socket of the provider in the process, then tells the cache, then stops it", () => {
    const one = connected();
    one.register("a", undefined, socket(2));
    one.play({ type: "close", socket: socket(1) });
    expect(names(one.play({ type: "cleanup", instance: instance0 }))).toEqual([
      "cleanup",
      "close 2",
      "deregister a",
      "closeSocket 2",
      "closed 2",
      "cleanup 0",
      "stopped",
    ]);
    expect(one.world.view.instance(instance0).started).toBe(false);
    expect([3, 5].map((id) => statusOf(one, socket(id)))).toEqual(["connected", "connected"]);
  });
  it("is followed by a new, empty instance when a connection is made again", () => {
    const one = connected();
    one.play({ type: "cleanup", instance: instance0 });
    const connect = { type: "connect", process: process0, provider: provider0 } as const;
    expect(names(one.play({ ...connect, socket: socket(20) }))).toEqual(["connect", "start"]);
    expect(one.world.view.instance(instance0)).toMatchObject({ started: true, lastCall: null });
    expect(names(one.play({ ...connect, socket: socket(21) }))).toEqual(["connect"]);
  });
});

describe("the reset of a NIC", () => {
  it("cleans up the provider in every process, and no other provider", () => {
    const one = connected();
    one.register("a");
    one.register("b", undefined, socket(5));
    const { then } = one.world.apply({ type: "nicReset", provider: provider0 });
    expect(then).toEqual([
      { type: "cleanup", instance: 0 },
      { type: "cleanup", instance: 2 },
    ]);
    for (const event of then) one.play(event);
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((id) => statusOf(one, socket(id)))).toEqual([
      "closed",
      "closed",
      "connected",
      "connected",
      "closed",
      "closed",
      "connected",
      "connected",
    ]);
    expect(one.world.view.regions(provider0)).toEqual([]);
  });
  it("leaves a provider alone that was cleaned up before", () => {
    const one = connected();
    one.play({ type: "cleanup", instance: instance0 });
    const { then } = one.world.apply({ type: "nicReset", provider: provider0 });
    expect(then).toEqual([{ type: "cleanup", instance: 2 }]);
  });
  it("stops its DMA", () => {
    const one = connected();
    one.register("a");
    const transfer = { as: "t", kind: "send", registration: "a", socket: socket(1) } as const;
    one.play({ type: "transferStart", ...transfer });
    one.world.apply({ type: "nicReset", provider: provider0 });
    expect(one.world.view.transfers()[0]?.inFlight).toBe(false);
  });
});
