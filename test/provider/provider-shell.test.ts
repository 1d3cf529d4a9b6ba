import { describe, expect, it } from "vitest";
import example from "../../examples/whole-provider.ts";
import type { ProviderHost, ProviderSubject, SanServiceProvider } from "../../model/contract.ts";
import { asSubject } from "../../src/kit/subject.ts";
import { run } from "../../src/kit/run.ts";
import type { Report } from "../../src/kit/report.ts";
import { literal, swallow } from "./subjects.ts";

type Members = { readonly [Name in keyof SanServiceProvider]?: unknown };

/** The example with some members replaced, by right ones or by others. */
function providerWith(
  members: (host: ProviderHost, right: SanServiceProvider) => Members,
): ProviderSubject {
  return {
    ...example,
    createProvider(host): SanServiceProvider {
      const right = example.createProvider(host);
      return { ...right, ...members(host, right) } as SanServiceProvider;
    },
  };
}

const reportOf = (subject: ProviderSubject): Report => run(subject, literal);

describe("the module of a whole provider", () => {
  it.each(["default", "subject", "provider"])("may export it as %s", (name) => {
    expect(asSubject({ [name]: example }, "a.ts")).toBe(example);
  });

  it.each<[change: object, said: RegExp]>([
    [{ createProvider: 5 }, /has 5 as createProvider; it must be a function$/],
    [{ capabilities: undefined }, /has undefined as capabilities; it must be an object$/],
    [{ capabilities: { ...example.capabilities, hit: "any" } }, /have "any" as hit/],
  ])("%o is said to be wrong", (change, said) => {
    expect(() => asSubject({ default: { ...example, ...change } }, "a.ts")).toThrow(said);
  });

  it("calls nothing while it makes a provider", () => {
    const early: ProviderSubject = {
      ...example,
      createProvider(host): SanServiceProvider {
        host.switch.complete("t_1", null);
        return example.createProvider(host);
      },
    };
    expect(() => reportOf(early)).toThrow(
      /^createProvider of whole-provider threw MisuseError: a subject calls its host only while/,
    );
  });
});

describe("what is no provider", () => {
  it.each<[made: unknown, said: RegExp]>([
    [5, /^createProvider of whole-provider returned 5; it must return a SanServiceProvider, an/],
    [Promise.resolve(5), /^createProvider returned a Promise; it must return the provider itself/],
    [
      { ...example.createProvider({} as ProviderHost), transfer: undefined },
      /^the provider that createProvider returned has undefined as transfer; it must be a function$/,
    ],
  ])("%o is said to be none", (made, said) => {
    const subject = { ...example, createProvider: () => made as SanServiceProvider };
    const { verdict, problem } = reportOf(subject);
    expect([verdict, problem]).toEqual(["broken", expect.stringMatching(said)]);
  });

  it("the same one for two processes is none", () => {
    let one: SanServiceProvider | null = null;
    const subject: ProviderSubject = {
      ...example,
      createProvider: (host) => (one ??= example.createProvider(host)),
    };
    expect(reportOf(subject).problem).toMatch(
      /^createProvider returned the same object twice; it must return a new provider each time/,
    );
  });
});

describe("what is no answer", () => {
  it.each<[member: string, answer: unknown, said: string]>([
    [
      "transfer",
      { ok: false, error: "WSAENOBUFS" },
      'transfer returned {"ok":false,"error":"WSAENOBUFS"}; it must return { ok: true } or { ok: false, error: "WSAEINVAL" | "WSAEFAULT" }',
    ],
    ["transferDone", 0, "transferDone returned 0; it must return nothing"],
    [
      "deregister",
      undefined,
      'deregister returned undefined; it must return { ok: true } or { ok: false, error: "WSAEINVAL" }',
    ],
  ])("of %s: %o", (member, answer, said) => {
    expect(reportOf(providerWith(() => ({ [member]: () => answer }))).problem).toBe(said);
  });

  it("a deregister that has to be refused is called like every other", () => {
    const throwing = providerWith((_host, right) => ({
      deregister(request: Parameters<SanServiceProvider["deregister"]>[0]) {
        const outcome = right.deregister(request);
        if (!outcome.ok) throw new TypeError("no such handle");
        return outcome;
      },
    }));
    expect(reportOf(throwing).problem).toBe(
      "deregister threw TypeError: no such handle; a provider answers with an outcome, and never throws",
    );
  });
});

describe("the host of a whole provider", () => {
  it.each<[what: string, call: (host: ProviderHost) => unknown, said: string]>([
    [
      "an operation",
      (host) => host.nic.post(5 as never, 1 as never, { start: 0, lengthBytes: 1 } as never),
      "the provider called nic.post of its host with 5; it takes the name of an operation, which transfer was given",
    ],
    [
      "a region",
      (host) => host.nic.post("t_1", -1 as never, { start: 0, lengthBytes: 1 } as never),
      "the provider called nic.post of its host with -1; it takes a handle that the host answered",
    ],
    [
      "nothing to cancel",
      (host) => host.nic.cancel(undefined as never),
      "the provider called nic.cancel of its host with undefined; it takes the name of an operation, which transfer was given",
    ],
    [
      "an error",
      (host) => host.switch.complete("t_1", "WSAEFAULT" as never),
      'the provider called switch.complete of its host with the error "WSAEFAULT"; it takes null or "WSA_OPERATION_ABORTED"',
    ],
  ])("says what is wrong with an argument: %s", (_, call, said) => {
    const subject = providerWith((host, right) => ({
      transfer(request: Parameters<SanServiceProvider["transfer"]>[0]) {
        swallow(() => call(host));
        return right.transfer(request);
      },
    }));
    expect(reportOf(subject).problem).toBe(said);
  });

  it("is of no use between calls", () => {
    let kept: ProviderHost | null = null;
    const late = providerWith((host) => {
      if (kept !== null) swallow(() => kept?.switch.complete("t_1", null));
      kept = host;
      return {};
    });
    expect(reportOf(late).problem).toMatch(
      /^the provider called complete of its host outside any call; a provider acts only while/,
    );
  });
});
