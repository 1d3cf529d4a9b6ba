// Breakages of the example of a whole provider: one or more for each rule that only a provider can break, and some of
// what it shares with its cache.

import type { TextMutant } from "../mutant.ts";

const looksUp = 'const buffer = bufferOf({ socket, handle, scope: "local" });';
const checks = "if (buffer === undefined || !allows(buffer.access, kind)) return invalid;";

const rows: readonly Omit<TextMutant, "base">[] = [
  {
    id: "posts-for-any-process",
    rule: "ACCESS-1",
    change: "reads the region from the handle, and posts on it whoever gives it",
    edits: [
      [
        "const handle = ++lastHandle as BufferHandle;",
        "const handle = (Number(cached.region) * 256 + ++lastHandle) as BufferHandle;",
      ],
      [
        checks,
        `if (buffer === undefined) {
        const region = Math.floor(handle / 256) as never;
        return host.nic.post(operation, region, range).ok ? { ok: true } : invalid;
      }
      if (!allows(buffer.access, kind)) return invalid;`,
      ],
    ],
    observed: "process 1 started a send on memory of process 0",
  },
  {
    id: "registers-without-room",
    rule: "SPI-1",
    change: "registers a buffer whose descriptor does not fit",
    edits: [["descriptorBytes < host.descriptorBytes", "descriptorBytes < 0"]],
    observed: "it was accepted",
  },
  {
    id: "deregisters-on-any-socket",
    rule: "SPI-2",
    change: "looks for a handle, and not at the socket that it was given to",
    edits: [["buffer?.socket === named.socket &&\n      buffer.scope", "buffer?.scope"]],
    observed: "a deregister of mr_1 on s_2 was accepted",
  },
  {
    id: "transfers-on-any-socket",
    rule: "SPI-2",
    change: "starts a transfer on any socket that knows the handle",
    edits: [[looksUp, "const buffer = buffers.get(handle);"]],
    observed: "a send on mr_1 was started on s_2",
  },
  {
    id: "deregisters-the-unknown",
    rule: "SPI-3",
    change: "answers 0 for a handle that it never gave out",
    edits: [
      [
        "const buffer = bufferOf(request);",
        "if (!buffers.has(request.handle)) return { ok: true };\n      const buffer = bufferOf(request);",
      ],
    ],
    observed: "a deregister of mr_0 on s_1 was accepted",
  },
  {
    id: "knows-released-handles",
    rule: "SPI-3",
    change: "goes on knowing a handle that was released",
    edits: [["    buffers.delete(handle);\n", ""]],
    observed: "a deregister of mr_0 on s_1 was accepted",
  },
  {
    id: "deregisters-in-use",
    rule: "SPI-3",
    change: "deregisters a buffer that a transfer is using",
    edits: [
      [
        "if (buffer === undefined || [...operations.values()].includes(buffer)) return invalid;",
        "if (buffer === undefined) return invalid;",
      ],
    ],
    observed: "a deregister of mr_1 on s_1 was accepted",
  },
  {
    id: "aborts-as-if-done",
    rule: "SPI-7",
    change: "completes what a close aborts as if it had been done",
    edits: [['complete(operation, "WSA_OPERATION_ABORTED")', "complete(operation, [null][0])"]],
    observed: "t_1 was completed as if it had been done",
  },
  {
    id: "completes-in-flight",
    rule: "SPI-7",
    change: "completes what a close aborts, and lets the NIC go on with it",
    edits: [["        host.nic.cancel(operation);\n", ""]],
    observed: "t_1 was completed and is still in flight",
  },
  {
    id: "leaves-operations-pending",
    rule: "ACCESS-5",
    change: "cancels the operations of a closing socket, and never completes them",
    edits: [
      [
        'for (const operation of aborted) host.switch.complete(operation, "WSA_OPERATION_ABORTED");',
        "",
      ],
    ],
    observed: "t_1",
  },
  {
    id: "keeps-peers-past-the-close",
    rule: "REMOTE-1",
    change: "releases only what is registered for local access when a socket closes",
    edits: [
      [
        "if (each.socket === socket) release(",
        'if (each.socket === socket && each.scope === "local") release(',
      ],
    ],
    observed: "reaches ",
  },
  {
    id: "exposes-to-its-closed-socket",
    rule: "ACCESS-3",
    change: "exposes what is registered after a close to the socket that was closed",
    edits: [
      [
        "let lastHandle = 0;",
        'let lastHandle = 0;\n  let gone: RegisterRequest["socket"] | undefined;',
      ],
      ["    closeSocket(socket) {", "    closeSocket(socket) {\n      gone = socket;"],
      ["cache.register(request)", "cache.register({ ...request, socket: gone ?? request.socket })"],
    ],
    observed: "reaches ",
  },
  {
    id: "exposes-to-its-first-socket",
    rule: "ACCESS-2",
    change: "exposes whatever it registers to the socket that registered first",
    edits: [
      ["let lastHandle = 0;", "let lastHandle = 0;\n  let first: RegisterRequest | null = null;"],
      [
        "cache.register(request)",
        "cache.register({ ...request, socket: (first ??= request).socket })",
      ],
    ],
    observed: "reaches ",
  },
  {
    id: "transfers-against-the-right",
    rule: "ACCESS-4",
    change: "leaves it to the NIC which transfers the registered right allows",
    edits: [[checks, "if (buffer === undefined) return invalid;"]],
    observed: "mr_2 was registered for read",
  },
  {
    id: "releases-both-registrations",
    rule: "SPI-4",
    change: "releases every registration of a buffer at its first deregister",
    edits: [
      [
        "release(request.handle, buffer);",
        `for (const [handle, each] of [...buffers])
        if (each.socket === buffer.socket && each.range.start === buffer.range.start) release(handle, each);`,
      ],
    ],
    observed: "WSAEINVAL for mr_2, which is live",
  },
  {
    id: "posts-the-first-page",
    rule: "LAW-9",
    change: "posts no more than a page of a buffer",
    edits: [
      [
        "buffer.cached.region, range).ok",
        "buffer.cached.region, { ...range, lengthBytes: Math.min(range.lengthBytes, host.pageSizeBytes) }).ok",
      ],
    ],
    observed: "t_1 is posted for ",
  },
  {
    id: "cancels-too-much",
    rule: "LAW-9",
    change: "cancels all that is pending when a buffer is deregistered",
    edits: [
      [
        "release(request.handle, buffer);",
        "for (const operation of operations.keys()) host.nic.cancel(operation);\n      release(request.handle, buffer);",
      ],
    ],
    observed: "t_1 was cancelled",
  },
  {
    id: "never-completes",
    rule: "LAW-9",
    change: "is told that a transfer is done, and completes nothing",
    edits: [["host.switch.complete(operation, null);", ""]],
    observed: "was not completed",
  },
];

/** Whole providers, each with one change. */
export const providerMutants: readonly TextMutant[] = rows.map((row) => ({
  ...row,
  base: "examples/whole-provider.ts",
}));
