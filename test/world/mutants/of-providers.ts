// Mutants of what the world does around whole providers.

import type { WorldMutant } from "./world-mutant.ts";

const rows: readonly Omit<WorldMutant, "ofProviders">[] = [
  {
    id: "says-nothing-of-the-room",
    change: "does not say how much room there is for a descriptor",
    file: "whole-provider",
    edits: [
      [
        '"descriptorBytes" in call ? { ...asked, descriptorBytes: call.descriptorBytes } : asked;',
        "asked;",
      ],
    ],
  },
  {
    id: "has-room-for-anything",
    change: "takes a descriptor that does not fit for one that does",
    file: "switch",
    edits: [["asked, room < DESCRIPTOR_BYTES);", "asked, room < 0);"]],
  },
  {
    id: "never-unknown",
    change: "takes the number of a live handle for an unknown one",
    file: "whole-provider",
    edits: [["    used.add(w.mem.doubleAt(row + REGISTRATION.handle));\n", ""]],
  },
  {
    id: "keys-are-no-numbers",
    change: "takes the key of a live descriptor for an unknown number",
    file: "whole-provider",
    edits: [["    used.add(w.mem.doubleAt(row + REGISTRATION.remoteKey));\n", ""]],
  },
  {
    id: "deregisters-what-is-in-use",
    change: "takes a handle that a transfer is using for one that may be deregistered",
    file: "whole-provider",
    edits: [["(slot) => !isInTransfer(w, nameOf(w, slot)),", "(slot) => slot !== NONE,"]],
  },
  {
    id: "means-the-first",
    change: "deregisters the first registration of a handle, and not the one that is meant",
    file: "whole-provider",
    edits: [
      [
        "const live = meant.includes(asked) ? asked : (meant[0] ?? NONE);\n  const request = requestOf",
        "const live = meant[0] ?? NONE;\n  const request = requestOf",
      ],
    ],
    on: { subject: "wild provider" },
  },
  {
    id: "handles-of-all-sockets",
    change: "finds a handle on another socket",
    file: "whole-provider",
    edits: [["      w.mem.at(row + REGISTRATION.socket) === wanted.socket &&\n", ""]],
  },
  {
    id: "descriptors-without-keys",
    change: "finds a descriptor by its handle alone",
    file: "whole-provider",
    edits: [[" &&\n      w.mem.doubleAt(row + REGISTRATION.remoteKey) === wanted.remoteKey", ""]],
    on: { subject: "wild provider" },
  },
  {
    id: "means-any-buffer",
    change: "takes another buffer of the same handle for the one of a transfer",
    file: "whole-provider",
    edits: [[".filter((slot) => isInside(range, rangeOfRegistration(w, slot)))", ""]],
    on: { subject: "wild provider" },
  },
  {
    id: "cancels-nothing",
    change: "lets DMA go on that was cancelled",
    file: "whole-provider",
    edits: [["    abortTransfer(w, transfer);\n", ""]],
  },
  {
    id: "anybodys-operation",
    change: "completes an operation of another instance",
    file: "whole-provider",
    edits: [
      [
        "  if (instanceOfSocket(w, socketNamed(w, w.mem.at(row + TRANSFER.socket))) !== id) return invalid;\n",
        "",
      ],
    ],
    on: { subject: "wild provider" },
  },
  {
    id: "forgets-what-completed",
    change: "does not say which operation was completed",
    file: "whole-provider",
    edits: [["  w.lastTransfer = transferRecord(w, transfer);\n", ""]],
  },
  {
    id: "posts-twice",
    change: "posts an operation that is posted",
    file: "whole-provider",
    edits: [["  if (transferNamed(w, call.operation) !== NONE) return invalid;\n", ""]],
    on: { subject: "wild provider" },
  },
  {
    id: "posts-anytime",
    change: "posts an operation in a call that is about another",
    file: "whole-provider",
    edits: [[" || active.request.operation !== call.operation", ""]],
    on: { subject: "wild provider" },
  },
  {
    id: "posts-beyond-the-region",
    change: "posts pages behind the end of a region",
    file: "whole-provider",
    edits: [
      [
        "w.mem.at(row + REGION.first) + w.mem.at(row + REGION.count);",
        "w.mem.at(row + REGION.first) + w.mem.at(row + REGION.count) + 1;",
      ],
    ],
    on: { subject: "wild provider" },
  },
  {
    id: "posts-any-right",
    change: "posts a receive on a region that is for reading",
    file: "whole-provider",
    edits: [[" || !includes(w.mem.at(row + REGION.access), accessOfKind(kind))", ""]],
    on: { subject: "wild provider" },
  },
  {
    id: "closes-for-providers",
    change: "stops DMA when a socket closes, though its provider has to",
    file: "switch",
    edits: [["  if (!isWhole(w)) abortTransfersOf(w, id);", "  abortTransfersOf(w, id);"]],
    on: { subject: "wild provider" },
  },
  {
    id: "completes-for-providers",
    change: "forgets the operations of a closed socket, though its provider has to complete them",
    file: "switch",
    edits: [["  if (!isWhole(w)) removeTransfersOf(w, id);", "  removeTransfersOf(w, id);"]],
    on: { subject: "wild provider" },
  },
  {
    id: "done-is-in-flight",
    change: "has DMA in flight that is done, until the provider completes it",
    file: "transfers",
    edits: [
      [
        "  if (isWhole(w)) abortTransfer(w, slot);\n  else removeTransfer",
        "  if (!isWhole(w)) removeTransfer",
      ],
    ],
  },
  {
    id: "closes-and-keeps",
    change: "has buffers registered on a socket while its provider closes it",
    file: "calls",
    edits: [
      [
        '  if (call.name === "closeSocket" && isWhole(w)) {',
        '  if (w.calls.length < 0) {\n    if (call.name !== "closeSocket") return quiet;',
      ],
    ],
  },
  {
    id: "closes-untouched",
    change: "does not say which pages a close is about",
    file: "calls",
    edits: [
      [
        "      noteEnd(w, w.providerOf(id), region, rangeOfRegistration(w, slot), active);\n      remember",
        "      if (region < 0) noteEnd(w, id, region, rangeOfRegistration(w, slot), active);\n      remember",
      ],
    ],
  },
  {
    id: "closes-without-memory",
    change: "does not remember what a close ended",
    file: "calls",
    edits: [
      [
        "      remember(w, slot);\n      endRegistration(w, slot);\n    }",
        "      endRegistration(w, slot);\n    }",
      ],
    ],
  },
];

export const providerMutants: readonly WorldMutant[] = rows.map((row) => ({
  ...row,
  ofProviders: true,
}));
