import { describe, expect, it } from "vitest";
import { DESCRIPTOR_BYTES, type WspFunction } from "../../model/events.ts";
import { accessOfFlags, flagsOfAccess } from "../../model/switch.ts";
import { connected } from "./connected.ts";
import {
  fails,
  instance0,
  instance1,
  provider0,
  range,
  release,
  socket,
  uncached,
} from "./support.ts";

const deregister = (
  registration: string,
  on = socket(1),
  name: "WSPDeregisterMemory" | "WSPDeregisterRdmaMemory" = "WSPDeregisterMemory",
): WspFunction => ({ name, registration, socket: on });

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

it("the application may free a buffer that is registered and not secured", () => {
  const one = connected();
  one.register("a");
  expect(one.os(release(0x10000))).toBeNull();
  expect(one.live()).toEqual(["a"]);
});
