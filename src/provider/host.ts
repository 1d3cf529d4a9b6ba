// The host of a cache or provider under test: every call is looked at, copied, and handed to the world.

import type {
  Access,
  CompletionError,
  Host,
  NotificationFamily,
  ProviderHost,
  SecureMode,
} from "../../model/contract.ts";
import { DESCRIPTOR_BYTES, type HostAnswer, type HostCall } from "../../model/events.ts";
import { isBeyondWindows } from "../../model/families.ts";
import type { AddressRange, Pfn } from "../../model/units.ts";
import { BrokenSubject } from "../../properties/stage.ts";
import { describe, isCount, isRecord, type Border } from "./border.ts";

/** Where host calls go. */
type Port = (call: HostCall) => HostAnswer;

/** The host of one cache: every call goes through the port, its arguments copied and looked at first. */
export function hostFor(
  port: Port,
  border: Border,
  pageSizeBytes: number,
  family: NotificationFamily,
): Host {
  return hostThrough(asking(port, border), new Arguments(border, "cache"), pageSizeBytes, family);
}

/** The host of one whole provider: a cache's, and operations. */
export function providerHostFor(
  port: Port,
  border: Border,
  pageSizeBytes: number,
  family: NotificationFamily,
): ProviderHost {
  const ask = asking(port, border);
  const arg = new Arguments(border, "provider");
  const host = hostThrough(ask, arg, pageSizeBytes, family);
  return {
    ...host,
    descriptorBytes: DESCRIPTOR_BYTES,
    nic: {
      ...host.nic,
      post: (operation, region, range) =>
        resultOf(
          ask({
            name: "post",
            operation: arg.operation("nic.post", operation),
            region: arg.handle("nic.post", region),
            range: arg.range("nic.post", range),
          }),
        ),
      cancel: (operation) =>
        resultOf(ask({ name: "cancel", operation: arg.operation("nic.cancel", operation) })),
    },
    switch: {
      complete(operation, error): void {
        ask({
          name: "complete",
          operation: arg.operation("switch.complete", operation),
          error: arg.completion("switch.complete", error),
        });
      },
    },
  };
}

const asking =
  (port: Port, border: Border): Port =>
  (request) => {
    try {
      return port(request);
    } catch (error) {
      throw border.noted(error);
    }
  };

/** The subject gets a record of its own: the answer is part of the trace. */
const resultOf = (result: HostAnswer): never =>
  (result.ok
    ? { ok: true, value: result.value ?? undefined }
    : { ok: false, error: result.error }) as never;

function hostThrough(
  ask: Port,
  arg: Arguments,
  pageSizeBytes: number,
  family: NotificationFamily,
): Host {
  const call = (request: HostCall): never => resultOf(ask(request));
  return {
    pageSizeBytes,
    driver: {
      lock: (range, access) =>
        call({
          name: "lock",
          range: arg.range("lock", range),
          access: arg.access("lock", access),
        }),
      unlock: (mdl) => call({ name: "unlock", mdl: arg.handle("unlock", mdl) }),
      secure: (range, mode) =>
        call({
          name: "secure",
          range: arg.range("secure", range),
          mode: arg.mode("secure", mode),
        }),
      unsecure: (handle) => call({ name: "unsecure", handle: arg.handle("unsecure", handle) }),
      frames(mdl) {
        const result = ask({ name: "frames", mdl: arg.handle("frames", mdl) });
        const frames = result.ok ? result.value : null;
        return typeof frames === "object" && frames !== null ? [...(frames as readonly Pfn[])] : [];
      },
    },
    nic: {
      register: (mdl, access) =>
        call({
          name: "nicRegister",
          mdl: arg.handle("nic.register", mdl),
          access: arg.access("nic.register", access),
        }),
      deregister: (region) =>
        call({ name: "nicDeregister", region: arg.handle("nic.deregister", region) }),
      expose: (region, range, socket, access) =>
        call({
          name: "expose",
          region: arg.handle("nic.expose", region),
          range: arg.range("nic.expose", range),
          socket: arg.handle("nic.expose", socket),
          access: arg.access("nic.expose", access),
        }),
      unexpose: (key) => call({ name: "unexpose", key: arg.handle("nic.unexpose", key) }),
    },
    ...(isBeyondWindows(family) ? { monitor: monitorFor(ask, arg) } : {}),
  };
}

/** How a cache hears of changes where nothing is secured. */
function monitorFor(
  ask: (request: HostCall) => HostAnswer,
  arg: Arguments,
): NonNullable<Host["monitor"]> {
  return {
    watch(range): void {
      ask({ name: "watch", range: arg.range("monitor.watch", range) });
    },
    unwatch(range): void {
      ask({ name: "unwatch", range: arg.range("monitor.unwatch", range) });
    },
    poll(): AddressRange[] {
      const result = ask({ name: "poll" });
      const ranges = result.ok ? result.value : null;
      return Array.isArray(ranges) ? (ranges as AddressRange[]).map((each) => ({ ...each })) : [];
    },
    generation(range): number {
      const result = ask({ name: "generation", range: arg.range("monitor.generation", range) });
      return result.ok && typeof result.value === "number" ? result.value : 0;
    },
  };
}

/** The arguments of a host call, looked at: what is none is the subject's mistake. */
class Arguments {
  readonly #border: Border;
  readonly #noun: "cache" | "provider";

  constructor(border: Border, noun: "cache" | "provider") {
    this.#border = border;
    this.#noun = noun;
  }

  #misuse(call: string, given: string, wanted: string): unknown {
    return this.#border.noted(
      new BrokenSubject(
        `the ${this.#noun} called ${call} of its host with ${given}; it takes ${wanted}`,
      ),
    );
  }

  range(call: string, range: AddressRange): AddressRange {
    if (!isRecord(range) || !isCount(range.start) || !isCount(range.lengthBytes)) {
      const given = `the range ${describe(range)}`;
      throw this.#misuse(call, given, "{ start, lengthBytes } with whole numbers");
    }
    const { start, lengthBytes } = range;
    if (lengthBytes < 1) {
      throw this.#misuse(call, `a range of ${lengthBytes} bytes`, "1 byte or more");
    }
    return { start, lengthBytes };
  }

  access(call: string, access: Access): Access {
    if (access === "read" || access === "write" || access === "readwrite") return access;
    const given = `the access ${describe(access)}`;
    throw this.#misuse(call, given, '"read", "write" or "readwrite"');
  }

  mode(call: string, mode: SecureMode): SecureMode {
    if (mode === "readonly" || mode === "readwrite") return mode;
    throw this.#misuse(call, `the mode ${describe(mode)}`, '"readonly" or "readwrite"');
  }

  handle<T extends number>(call: string, name: T): T {
    if (isCount(name)) return name;
    throw this.#misuse(call, describe(name), "a handle that the host answered");
  }

  operation(call: string, name: string): string {
    if (typeof name === "string") return name;
    throw this.#misuse(call, describe(name), "the name of an operation, which transfer was given");
  }

  completion(call: string, error: CompletionError): CompletionError {
    if (error === null || error === "WSA_OPERATION_ABORTED") return error;
    const given = `the error ${describe(error)}`;
    throw this.#misuse(call, given, 'null or "WSA_OPERATION_ABORTED"');
  }
}
