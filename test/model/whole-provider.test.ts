import { describe, expect, it } from "vitest";
import { DESCRIPTOR_BYTES, type CacheCall, type Event, type HostCall } from "../../model/events.ts";
import type { TransferKind } from "../../model/contract.ts";
import { brand, type BufferHandle } from "../../model/units.ts";
import {
  allocate,
  claims,
  drive,
  fails,
  instance0,
  instance2,
  lab,
  ok,
  provider0,
  range,
  regionOf,
  mdlOf,
  socket,
  write,
  type Lab,
  type Script,
} from "./support.ts";

const buffer = range(0x10000, 0x2000);
const handle: BufferHandle = brand(7);

/** What the provider is called with, in order; a register of it is answered region 1 and handle 7. */
interface Whole extends Lab {
  readonly calls: CacheCall[];
  play(event: Event, script?: Script): void;
  register(as: string, on?: number): void;
  deregister(registration: string, on?: number): void;
  start(as: string, registration: string, script: Script, kind?: TransferKind, on?: number): void;
}

/** Two committed pages that hold 1, which region 1 of process 0 covers, in a world around whole providers. */
function whole(access: "read" | "readwrite" = "readwrite"): Whole {
  const one = lab({}, { ...claims, whole: true });
  one.os(allocate(0x10000, 0x2000));
  one.os(write(0x10000, 1, 0x2000));
  const mdl = mdlOf(one.lock(0x10000, 0x2000));
  const region = regionOf(one.host({ name: "nicRegister", mdl, access }));
  const calls: CacheCall[] = [];
  const answers: Script = (call) => {
    switch (call.name) {
      case "register":
        return { ok: true, handle, region, offsetBytes: 0 };
      case "deregister":
        return ok;
      case "deregisterInvalid":
      case "transfer":
        return fails("WSAEINVAL");
      default:
        return null;
    }
  };
  const play: Whole["play"] = (event, script = answers) => {
    drive(one.world, event, (call, host, instance) => {
      calls.push(call);
      return script(call, host, instance);
    });
  };
  return {
    ...one,
    calls,
    play,
    register: (as, on = 1) =>
      play({
        type: "wsp",
        function: { name: "WSPRegisterMemory", as, socket: socket(on), range: buffer, flags: 3 },
      }),
    deregister: (registration, on = 1) =>
      play({
        type: "wsp",
        function: { name: "WSPDeregisterMemory", registration, socket: socket(on) },
      }),
    start: (as, registration, script, kind = "send", on = 1) =>
      play({ type: "transferStart", as, registration, kind, socket: socket(on) }, script),
  };
}

/** A provider that posts, and returns what the NIC answered. */
const posts =
  (over: Partial<HostCall & { name: "post" }> = {}): Script =>
  (call, host) => {
    if (call.name !== "transfer") return null;
    const { operation, range } = call.request;
    const post: HostCall = { name: "post", operation, region: brand(1), range, ...over };
    return host(post).ok ? ok : fails("WSAEINVAL");
  };

describe("a deregister in front of a whole provider", () => {
  it("SPI-2: of a handle of another socket goes to the provider of the socket where it is used", () => {
    const { calls, register, deregister } = whole();
    register("mr_1");
    deregister("mr_1", 2);
    // Process 1 has a provider of its own, which never saw the handle.
    deregister("mr_1", 5);
    expect(calls.slice(1)).toEqual([
      {
        name: "deregisterInvalid",
        registration: "mr_1",
        request: { socket: 2, handle: 7, scope: "local" },
      },
      {
        name: "deregisterInvalid",
        registration: "mr_1",
        request: { socket: 5, handle: 7, scope: "local" },
      },
    ]);
  });

  it("is one of what the handle means on that socket", () => {
    const { world, calls, register, deregister } = whole();
    register("mr_1");
    register("mr_2", 2);
    deregister("mr_1", 2);
    expect(calls.at(-1)).toMatchObject({ name: "deregister", registration: "mr_2" });
    expect(world.view.registration("mr_2")).toBeUndefined();
    expect(world.view.registration("mr_1")).toBeDefined();
  });

  it("SPI-3: of nothing names a number that no registration has", () => {
    const { calls, register, deregister } = whole();
    deregister("mr_0");
    register("mr_1");
    deregister("mr_0");
    expect(calls.map((each) => ("request" in each ? each.request : null))).toMatchObject([
      { handle: 1 },
      {},
      { handle: 1 },
    ]);
  });

  it("SPI-3: while a transfer is using the handle has to be refused, and one of two has not", () => {
    const { calls, register, deregister, start } = whole();
    register("mr_1");
    start("t_1", "mr_1", posts());
    deregister("mr_1");
    expect(calls.at(-1)?.name).toBe("deregisterInvalid");
    register("mr_2");
    deregister("mr_1");
    expect(calls.at(-1)).toMatchObject({ name: "deregister", registration: "mr_2" });
  });
});

describe("a register in front of a whole provider", () => {
  it("SPI-1: has to be refused where the descriptor does not fit, which the provider is to find out", () => {
    const { world, calls, play } = whole();
    for (const descriptorBytes of [DESCRIPTOR_BYTES, DESCRIPTOR_BYTES - 1]) {
      const call = { as: `mr_${descriptorBytes}`, socket: socket(1), range: buffer, flags: 1 };
      play(
        { type: "wsp", function: { name: "WSPRegisterRdmaMemory", ...call, descriptorBytes } },
        () => fails("WSAEFAULT"),
      );
    }
    expect(calls.map(({ name }) => name)).toEqual(["register", "registerInvalid"]);
    expect(calls[1]).toMatchObject({ request: { scope: "remote", descriptorBytes: 23 } });
    expect(world.view.liveCount()).toBe(0);
  });
});

describe("the NIC of a whole provider", () => {
  it("posts an operation once, in the call that is about it", () => {
    const { world, host, register, start } = whole();
    register("mr_1");
    const answers: unknown[] = [];
    start("t_1", "mr_1", (call, ask) => {
      const post = (operation: string): void => {
        const posted = ask({ name: "post", operation, region: brand(1), range: buffer });
        answers.push(posted.ok ? "posted" : posted.error);
      };
      for (const operation of ["t_2", "t_1", "t_1"]) post(operation);
      return call.name === "transfer" ? ok : null;
    });
    expect(answers).toEqual(["INVALID_KEY", "posted", "INVALID_KEY"]);
    const late = host({ name: "post", operation: "t_3", region: brand(1), range: buffer });
    expect(late).toEqual(fails("INVALID_KEY"));
    expect(world.view.transfers()).toMatchObject([
      { name: "t_1", registration: "mr_1", region: 1, socket: 1, inFlight: true },
    ]);
  });

  it.each<[what: string, over: Partial<HostCall & { name: "post" }>, kind: TransferKind]>([
    ["on a key that is not live", { region: brand(2) }, "send"],
    ["of pages behind the region", { range: range(0x11000, 0x1001) }, "send"],
    ["of pages before it", { range: range(0xffff, 2) }, "send"],
    ["of a receive on a region for reading", {}, "receive"],
    ["of an RDMA read on a region for reading", {}, "rdmaRead"],
  ])("refuses a post %s", (_, over, kind) => {
    const { world, register, start } = whole("read");
    register("mr_1");
    start("t_1", "mr_1", posts(over), kind);
    expect(world.view.transfers()).toEqual([]);
    start("t_2", "mr_1", posts(), "rdmaWrite");
    expect(world.view.transfers()).toHaveLength(1);
  });

  it("ACCESS-1: does not ask whose process a region is of", () => {
    const { world, register, start } = whole();
    register("mr_1");
    start("t_1", "mr_1", posts(), "send", 5);
    expect(world.view.transfers()).toMatchObject([{ socket: 5, region: 1 }]);
  });

  it("tells the provider when DMA is done, and keeps the operation until it is completed", () => {
    const { world, host, calls, register, start, play } = whole();
    register("mr_1");
    start("t_1", "mr_1", posts(), "receive");
    expect(host({ name: "nicDeregister", region: brand(1) })).toEqual(fails("BUSY"));
    play({ type: "transferComplete", transfer: "t_1", stamp: 9 });
    expect(calls.at(-1)).toEqual({ name: "transferDone", operation: "t_1" });
    expect(world.view.frame(world.view.region(provider0, 1)?.frames[0] as never)?.stamp).toBe(9);
    expect(world.view.transfer("t_1")?.inFlight).toBe(false);
    // Another process cannot complete it.
    const complete = { name: "complete", operation: "t_1", error: null } as const;
    expect(host(complete, instance2)).toEqual(fails("INVALID_KEY"));
    expect(host(complete)).toEqual({ ok: true, value: null });
    expect(world.view.transfers()).toEqual([]);
    expect(world.view.lastTransfer()?.name).toBe("t_1");
    expect(host(complete)).toEqual(fails("INVALID_KEY"));
  });

  it("stops the DMA of what is cancelled", () => {
    const { world, host, register, start } = whole();
    register("mr_1");
    start("t_1", "mr_1", posts());
    expect(host({ name: "cancel", operation: "t_1" })).toEqual({ ok: true, value: null });
    expect(world.view.transfer("t_1")?.inFlight).toBe(false);
    expect(host({ name: "nicDeregister", region: brand(1) }).ok).toBe(true);
    expect(host({ name: "cancel", operation: "t_2" })).toEqual(fails("INVALID_KEY"));
  });
});

describe("a close in front of a whole provider", () => {
  it("ACCESS-5: ends what is registered, and leaves it to the provider what becomes of operations", () => {
    const { world, calls, register, start, play } = whole();
    register("mr_1");
    register("mr_2", 2);
    start("t_1", "mr_1", posts());
    let live = -1;
    play({ type: "close", socket: socket(1) }, () => {
      live = world.view.liveCount();
      return null;
    });
    expect(calls.slice(-1)).toEqual([{ name: "closeSocket", socket: 1 }]);
    expect(live).toBe(1);
    expect(world.view.registration("mr_2")).toBeDefined();
    expect(world.view.socket(socket(1))?.status).toBe("closed");
    expect(world.view.transfer("t_1")?.inFlight).toBe(true);
    expect(world.view.instance(instance0).history).toMatchObject([{ range: buffer }]);
  });

  it("says which pages it is about", () => {
    const { world, register, play } = whole();
    register("mr_1");
    play({ type: "close", socket: socket(1) });
    expect(world.view.instance(instance0).lastCall?.touched).toEqual([{ first: 16, count: 2 }]);
  });
});
