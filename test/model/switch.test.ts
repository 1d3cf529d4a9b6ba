import { describe, expect, it } from "vitest";
import { DESCRIPTOR_BYTES, type Event, type WspFunction } from "../../model/events.ts";
import { accessOfFlags, flagsOfAccess } from "../../model/switch.ts";
import type { AddressRange, SocketId } from "../../model/units.ts";
import {
  allocate,
  drive,
  fails,
  instance0,
  instance1,
  lab,
  process0,
  process1,
  provider0,
  range,
  release,
  socket,
  uncached,
  type Lab,
  type Played,
  type Script,
} from "./support.ts";

interface Switch extends Lab {
  /** Calls a WSP function: its error, or null. */
  wsp(call: WspFunction): string | null;
  register(as: string, at?: AddressRange, on?: SocketId): string | null;
  registerRdma(as: string, descriptorBytes?: number): string | null;
  /** Plays an event and what follows. */
  play(event: Event): readonly Played[];
  /** Names of live registrations of an instance. */
  live(instance?: number): string[];
}

/** Two committed pages at 0x10000; sockets 1 and 2 are of provider 0 in process 0, 5 and 6 in process 1. */
function connected(script: Script = uncached()): Switch {
  const one = lab();
  one.os(allocate(0x10000, 0x2000));
  one.os(allocate(0x10000, 0x2000), process1);
  const play = (event: Event): readonly Played[] => drive(one.world, event, script);
  const wsp = (call: WspFunction): string | null => {
    const [first] = play({ type: "wsp", function: call });
    return first?.answer?.kind === "wsp" ? first.answer.error : "no answer";
  };
  return {
    ...one,
    play,
    wsp,
    register: (as, at = range(0x10000, 1), on = socket(1)) =>
      wsp({ name: "WSPRegisterMemory", as, socket: on, range: at, flags: 3 }),
    registerRdma: (as, descriptorBytes = DESCRIPTOR_BYTES) =>
      wsp({
        name: "WSPRegisterRdmaMemory",
        as,
        socket: socket(1),
        range: range(0x10000, 1),
        flags: 1,
        descriptorBytes,
      }),
    live: (instance = instance0) =>
      one.world.state().instances[instance]?.registrations.map((each) => each.name) ?? [],
  };
}

const deregister = (
  registration: string,
  on = socket(1),
  name: "WSPDeregisterMemory" | "WSPDeregisterRdmaMemory" = "WSPDeregisterMemory",
): WspFunction => ({ name, registration, socket: on });

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

describe("flags", () => {
  it("are MEM_READ 1, MEM_WRITE 2, MEM_READWRITE 3", () => {
    expect([1, 2, 3].map(accessOfFlags)).toEqual(["read", "write", "readwrite"]);
    expect((["read", "write", "readwrite"] as const).map(flagsOfAccess)).toEqual([1, 2, 3]);
  });
  it("are nothing else", () => {
    expect([0, 4, -1, 0.5].map(accessOfFlags)).toEqual([null, null, null, null]);
  });
});

describe("WSPRegisterMemory", () => {
  const call = { name: "WSPRegisterMemory", as: "a", range: range(0x10005, 9) } as const;
  it("hands the request to the cache of the socket's provider and process", () => {
    const one = connected();
    const { answer, then } = one.world.apply({
      type: "wsp",
      function: { ...call, socket: socket(3), flags: 2 },
    });
    expect(answer).toEqual({ kind: "wsp", error: null });
    expect(then).toEqual([
      {
        type: "call",
        instance: instance1,
        call: {
          name: "register",
          as: "a",
          request: { socket: 3, range: range(0x10005, 9), access: "write", scope: "local" },
        },
      },
    ]);
  });
  it("that succeeds makes the registration live", () => {
    const one = connected();
    expect(one.register("a")).toBeNull();
    expect(one.live()).toEqual(["a"]);
  });
  it.each([0, 4, -1])("with flags %d is WSAEINVAL, and no cache is called", (flags) => {
    const one = connected();
    const played = one.play({ type: "wsp", function: { ...call, socket: socket(1), flags } });
    expect(played.map(({ answer }) => answer)).toEqual([{ kind: "wsp", error: "WSAEINVAL" }]);
  });
  it("on a socket that does not exist is WSAENOTCONN", () => {
    expect(connected().register("a", undefined, socket(99))).toBe("WSAENOTCONN");
  });
  it("on a socket that was closed is WSAENOTCONN", () => {
    const one = connected();
    one.play({ type: "close", socket: socket(1) });
    expect(one.register("a")).toBe("WSAENOTCONN");
    expect(one.register("a", undefined, socket(2))).toBeNull();
  });
  it.each(["WSAEFAULT", "WSAENOBUFS"] as const)(
    "that the cache fails with %s registers nothing",
    (error) => {
      const one = connected(() => fails(error));
      one.register("a");
      expect(one.live()).toEqual([]);
      expect(one.wsp(deregister("a"))).toBe("WSAEINVAL");
    },
  );
});

describe("WSPRegisterRdmaMemory", () => {
  it("hands the request to the cache for remote scope, and gives a descriptor", () => {
    const one = connected();
    expect(one.registerRdma("a")).toBeNull();
    expect(one.live()).toEqual(["a"]);
    const [exposure] = one.world.view.exposures(provider0);
    expect(one.world.view.descriptors()).toEqual([
      { registration: "a", socket: 1, provider: 0, key: exposure?.key },
    ]);
  });
  it("with too small a descriptor block is WSAEFAULT, and nothing is registered", () => {
    const one = connected();
    expect(one.registerRdma("a", DESCRIPTOR_BYTES - 1)).toBe("WSAEFAULT");
    expect(one.live()).toEqual([]);
    expect(one.world.view.locked()).toEqual([]);
    expect(one.world.view.descriptors()).toEqual([]);
  });
});

describe("deregistering", () => {
  it("a live registration on its socket succeeds, once", () => {
    const one = connected();
    one.register("a");
    expect(one.wsp(deregister("a"))).toBeNull();
    expect(one.live()).toEqual([]);
    expect(one.wsp(deregister("a"))).toBe("WSAEINVAL");
  });
  it("hands the cache what it answered to register", () => {
    const one = connected();
    one.registerRdma("a");
    const [live] = one.world.state().instances[0]?.registrations ?? [];
    const { then } = one.world.apply({
      type: "wsp",
      function: deregister("a", socket(1), "WSPDeregisterRdmaMemory"),
    });
    expect(then).toMatchObject([
      {
        instance: instance0,
        call: {
          name: "deregister",
          registration: "a",
          request: {
            socket: 1,
            handle: live?.handle,
            scope: "remote",
            remoteKey: live?.remoteKey,
          },
        },
      },
    ]);
  });
  it("an unknown handle is WSAEINVAL and reaches no cache", () => {
    const one = connected();
    const played = one.play({ type: "wsp", function: deregister("a") });
    expect(played.map(({ answer }) => answer)).toEqual([{ kind: "wsp", error: "WSAEINVAL" }]);
  });
  it.each([
    ["another socket", 2],
    ["a socket of another process", 5],
    ["a socket that does not exist", 99],
  ])("on %s is WSAEINVAL and changes nothing", (_, id) => {
    const one = connected();
    one.register("a");
    const state = one.world.state();
    expect(one.wsp(deregister("a", socket(id)))).toBe("WSAEINVAL");
    expect(one.world.state()).toBe(state);
  });
  it("while a transfer uses it is WSAEINVAL and changes nothing", () => {
    const one = connected();
    one.register("a");
    const transfer = { as: "t", kind: "send", registration: "a", socket: socket(1) } as const;
    one.play({ type: "transferStart", ...transfer });
    const state = one.world.state();
    expect(one.wsp(deregister("a"))).toBe("WSAEINVAL");
    expect(one.world.state()).toBe(state);
    one.play({ type: "transferComplete", transfer: "t", stamp: 1 });
    expect(one.wsp(deregister("a"))).toBeNull();
  });
  it("with the function of the other scope is WSAEINVAL", () => {
    const one = connected();
    one.register("local");
    one.registerRdma("remote");
    expect(one.wsp(deregister("local", socket(1), "WSPDeregisterRdmaMemory"))).toBe("WSAEINVAL");
    expect(one.wsp(deregister("remote", socket(1), "WSPDeregisterMemory"))).toBe("WSAEINVAL");
    expect(one.live()).toEqual(["local", "remote"]);
  });
  it("takes back one of several registrations of a buffer", () => {
    const one = connected();
    one.register("a");
    one.register("b");
    one.register("c", undefined, socket(2));
    expect(one.wsp(deregister("a"))).toBeNull();
    expect(one.live()).toEqual(["b", "c"]);
  });
  it("that the cache fails leaves the registration live", () => {
    const script = uncached();
    const one = connected((call, host, instance) =>
      call.name === "deregister" ? fails("WSAEINVAL") : script(call, host, instance),
    );
    one.register("a");
    one.wsp(deregister("a"));
    expect(one.live()).toEqual(["a"]);
  });
});

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
  it("stops its DMA", () => {
    const one = connected();
    one.register("a");
    const transfer = { as: "t", kind: "send", registration: "a", socket: socket(1) } as const;
    one.play({ type: "transferStart", ...transfer });
    one.world.apply({ type: "nicReset", provider: provider0 });
    expect(one.world.view.transfers()[0]?.inFlight).toBe(false);
  });
});

it("the application may free a buffer that is registered and not secured", () => {
  const one = connected();
  one.register("a");
  expect(one.os(release(0x10000))).toBeNull();
  expect(one.live()).toEqual(["a"]);
});
