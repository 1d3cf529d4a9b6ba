// What a whole provider may and may not do about handles and operations, each legal move beside one that looks like it.

import { describe, expect, it } from "vitest";
import uncached from "../../examples/uncached.ts";
import example from "../../examples/whole-provider.ts";
import type {
  Outcome,
  ProviderHost,
  ProviderSubject,
  RegisterOutcome,
  SanServiceProvider,
} from "../../model/contract.ts";
import type { BufferHandle } from "../../model/units.ts";
import { w } from "../provider/subjects.ts";
import { convictions, findings, providerWith } from "./convicted-providers.ts";

const registered = [w.alloc(0, 2), w.register("mr_1", 0, 1)];
const closing = [...registered, w.start("t_1", "mr_1"), w.close()];

/** Equal registrations have one handle; `deregister` is told the handles of the example behind it. */
function sharing(
  deregister: (own: BufferHandle[], takeBack: (own: BufferHandle) => Outcome) => Outcome,
): ProviderSubject {
  return providerWith((_host, right) => {
    const shared = new Map<BufferHandle, BufferHandle[]>();
    const handles = new Map<string, BufferHandle>();
    return {
      register(request) {
        const outcome = right.register(request);
        if (!outcome.ok) return outcome;
        const key = JSON.stringify(request);
        const handle = handles.get(key) ?? outcome.handle;
        handles.set(key, handle);
        shared.set(handle, [...(shared.get(handle) ?? []), outcome.handle]);
        return { ...outcome, handle };
      },
      deregister(request) {
        const own = shared.get(request.handle) ?? [];
        return deregister(own, (handle) => {
          const outcome = right.deregister({ ...request, handle });
          if (outcome.ok) own.splice(own.indexOf(handle), 1);
          return outcome;
        });
      },
      transfer(request) {
        const own = shared.get(request.handle) ?? [];
        // Each operation on another registration, as long as there are others.
        const handle = own[Number(request.operation === "t_2")] ?? request.handle;
        return right.transfer({ ...request, handle });
      },
    };
  });
}

type Registered = Extract<RegisterOutcome, { ok: true }>;

const refused: Outcome = { ok: false, error: "WSAEINVAL" };

describe("a handle that several registrations have", () => {
  const twice = [...registered, w.register("mr_2", 0, 1)];
  const oneInUse = [...twice, w.start("t_1", "mr_1"), w.deregister("mr_1"), w.complete("t_1")];
  const whicheverGoes = sharing((own, takeBack) => {
    for (const each of own) {
      const outcome = takeBack(each);
      if (outcome.ok) return outcome;
    }
    return refused;
  });

  it("SPI-3: is deregistered once while a transfer is using one of them", () => {
    expect(convictions(whicheverGoes, ...oneInUse, w.start("t_3", "mr_1"))).toEqual([]);
  });

  it("SPI-3: may be refused while a transfer is using one of them", () => {
    const cautious = sharing((own, takeBack) =>
      own.length > 1 ? refused : takeBack(own[0] as never),
    );
    expect(convictions(cautious, ...oneInUse)).toEqual([]);
  });

  it("SPI-4: is not refused when none of them is in use", () => {
    const never = sharing(() => refused);
    expect(convictions(never, ...twice, w.deregister("mr_1"))).toEqual([
      "SPI-4: WSAEINVAL for mr_1, which is live",
    ]);
  });

  it("SPI-3: is refused while transfers are using all of them", () => {
    const allInUse = [
      ...twice,
      w.start("t_1", "mr_1"),
      w.start("t_2", "mr_2"),
      w.deregister("mr_1"),
    ];
    expect(convictions(whicheverGoes, ...allInUse)).toEqual([]);
    const always = sharing((own, takeBack) => {
      for (const each of own) if (takeBack(each).ok) break;
      return { ok: true };
    });
    expect(convictions(always, ...allInUse)).toEqual([
      "SPI-3: a deregister of mr_1 on s_1 was accepted",
    ]);
  });
});

describe("an operation", () => {
  const start = [...registered, w.start("t_1", "mr_1")];

  it.each<
    [
      name: string,
      member: (host: ProviderHost, right: SanServiceProvider) => Partial<SanServiceProvider>,
      said: string,
    ]
  >([
    [
      "SPI-4: is not refused on a live buffer",
      () => ({ transfer: () => ({ ok: false, error: "WSAEFAULT" }) }),
      "SPI-4: WSAEFAULT for a send on mr_1, which is live",
    ],
    [
      "LAW-9: is posted when it is accepted",
      () => ({ transfer: () => ({ ok: true }) }),
      "LAW-9: t_1 was accepted and not posted",
    ],
    [
      "LAW-9: does not complete before it is done",
      (host, right) => ({
        transfer(request) {
          const outcome = right.transfer(request);
          host.switch.complete(request.operation, null);
          return outcome;
        },
      }),
      "LAW-9: t_1 was completed",
    ],
  ])("%s", (_, members, said) => {
    expect(convictions(providerWith(members), ...start)).toEqual([said]);
    expect(convictions(example, ...start)).toEqual([]);
  });

  it("LAW-9: is completed once, as what became of it", () => {
    const program = [...start, w.complete("t_1")];
    const completing = (...errors: (null | "WSA_OPERATION_ABORTED")[]): ProviderSubject =>
      providerWith((host) => ({
        transferDone(operation): void {
          for (const error of errors) host.switch.complete(operation, error);
        },
      }));
    expect(convictions(completing(null), ...program)).toEqual([]);
    expect(convictions(completing(null, null), ...program)).toEqual(["LAW-9: t_1 is not pending"]);
    expect(convictions(completing("WSA_OPERATION_ABORTED"), ...program)).toEqual([
      "LAW-9: t_1 was completed with WSA_OPERATION_ABORTED",
    ]);
    expect(convictions(completing(), ...program)).toEqual(["LAW-9: t_1 was not completed"]);
  });

  it("SPI-2: is refused on another socket, and the refusal is no offence", () => {
    expect(convictions(example, ...registered, w.start("t_1", "mr_1", "send", 2))).toEqual([]);
  });

  it("LAW-9: reaches the buffer, and not what is beside it", () => {
    const beside = providerWith((host, right) => {
      let region: Parameters<ProviderHost["nic"]["post"]>[1] | undefined;
      return {
        register(request) {
          const outcome = right.register(request);
          if (outcome.ok) region = outcome.region;
          return outcome;
        },
        transfer({ operation, range }) {
          const moved = {
            ...range,
            start: (range.start + host.pageSizeBytes) as typeof range.start,
          };
          host.nic.post(operation, region as never, moved);
          return { ok: true };
        },
      };
    });
    const program = [
      w.alloc(0, 2),
      w.write(0, 2),
      w.register("mr_1", 0, 2),
      w.register("mr_2", 0, 1),
    ];
    const run = [...program, w.start("t_1", "mr_2"), w.complete("t_1")];
    expect(convictions(example, ...run)).toEqual([]);
    expect(convictions(beside, ...run)[0]).toMatch(/^LAW-9: t_1 is posted for/);
  });
});

/** A provider that keeps nothing: one buffer, one operation, and a close as it is told. */
function uncachedProvider(
  close: (host: ProviderHost, release: () => void) => void,
): ProviderSubject {
  return {
    name: "uncached-provider",
    capabilities: uncached.capabilities,
    createProvider(host): SanServiceProvider {
      const cache = uncached.create(host);
      let buffer: Registered | null = null;
      return {
        ...cache,
        register(request) {
          const outcome = cache.register(request);
          if (outcome.ok) buffer = outcome;
          return outcome;
        },
        transfer({ operation, range }): Outcome {
          if (buffer === null) return refused;
          return host.nic.post(operation, buffer.region, range).ok ? { ok: true } : refused;
        },
        transferDone: (operation) => host.switch.complete(operation, null),
        closeSocket(socket): void {
          close(host, () => {
            if (buffer !== null)
              cache.deregister({ socket, handle: buffer.handle, scope: "local" });
          });
        },
      };
    },
  };
}

describe("a close with an operation pending", () => {
  const complete = (host: ProviderHost): void =>
    host.switch.complete("t_1", "WSA_OPERATION_ABORTED");

  it("SPI-7: should release the memory before it completes the operation", () => {
    const last = uncachedProvider((host, release) => {
      host.nic.cancel("t_1");
      release();
      complete(host);
    });
    const first = uncachedProvider((host, release) => {
      host.nic.cancel("t_1");
      complete(host);
      release();
    });
    expect(convictions(last, ...closing)).toEqual([]);
    expect(convictions(first, ...closing)).toEqual([
      "SPI-7: region 1 is still there, and not secured",
    ]);
    expect(findings(first, ...closing).map((each) => each.fails)).toEqual([false]);
  });

  it("LOCAL-2: leaves nothing that is neither released nor secured", () => {
    const forgets = uncachedProvider(() => {});
    expect(convictions(forgets, ...registered, w.close())).toEqual(
      expect.arrayContaining([expect.stringMatching(/^LOCAL-2: not secured/)]),
    );
  });

  it("LAW-5: does not release what is still in flight", () => {
    const unlocks = providerWith((host) => ({
      closeSocket: () => void host.driver.unlock(1 as never),
    }));
    expect(convictions(unlocks, ...closing)).toEqual(["LAW-5: lock 1 is released under region 1"]);
  });
});

describe("a register without room for the descriptor", () => {
  const tooSmall = [w.alloc(0, 2), w.registerRdma("mr_1", 0, 1, "readwrite", 1, 23)];
  const answering = (register: SanServiceProvider["register"]): ProviderSubject =>
    providerWith(() => ({ register }));

  it("SPI-1: answers WSAEFAULT, and no other error", () => {
    expect(
      convictions(
        answering(() => ({ ok: false, error: "WSAEFAULT" })),
        ...tooSmall,
      ),
    ).toEqual([]);
    expect(
      convictions(
        answering(() => ({ ok: false, error: "WSAENOBUFS" })),
        ...tooSmall,
      ),
    ).toEqual(["SPI-1: WSAENOBUFS"]);
  });

  it("SPI-1: may find out last that there is no room, when it had no resources before that", () => {
    const lookingLast = (release: boolean): ProviderSubject =>
      providerWith((host) => ({
        register({ range }) {
          const locked = host.driver.lock(range, "read");
          if (!locked.ok) return { ok: false, error: "WSAENOBUFS" };
          if (release) host.driver.unlock(locked.value);
          return { ok: false, error: "WSAEFAULT" };
        },
      }));
    const failing = [w.alloc(0, 2), w.fail("lock"), ...tooSmall.slice(1)];
    expect(convictions(lookingLast(true), ...failing)).toEqual([]);
    expect(convictions(lookingLast(true), ...tooSmall)).toEqual([]);
    expect(convictions(lookingLast(false), ...failing)).toEqual([]);
    expect(convictions(lookingLast(false), ...tooSmall)).toContain("LAW-4: lock 1 is left");
  });

  it("SPI-1: leaves nothing", () => {
    const leaving = providerWith((host) => ({
      register({ range }) {
        host.driver.lock(range, "read");
        return { ok: false, error: "WSAEFAULT" };
      },
    }));
    expect(convictions(leaving, ...tooSmall)).toContain("SPI-1: lock 1 is left");
  });

  it("SPI-1: is one only below the size of a descriptor", () => {
    const enough = w.registerRdma("mr_1", 0, 1, "readwrite", 1, 24);
    expect(convictions(example, w.alloc(0, 2), enough, w.deregisterRdma("mr_1"))).toEqual([]);
  });
});
