// Mutants of the NIC, transfers, sockets, and the ends of things.

import type { WorldMutant } from "./world-mutant.ts";

export const connectionMutants: readonly WorldMutant[] = [
  {
    id: "one-region-more",
    change: "takes one region more than the NIC has room for",
    file: "nic",
    edits: [["mem.at(card + NIC.regions) >= regions", "mem.at(card + NIC.regions) > regions"]],
    on: { preset: "micro", subject: "wild cache" },
  },
  {
    id: "one-page-fewer",
    change: "fills the NIC's pages but for one",
    file: "nic",
    edits: [
      ["mem.at(card + NIC.pages) + count > pages", "mem.at(card + NIC.pages) + count >= pages"],
    ],
    on: { preset: "micro", subject: "wild cache" },
  },
  {
    id: "pages-stay-used",
    change: "counts the pages of a region that is gone",
    file: "nic",
    edits: [["  addTo(w, card + NIC.pages, -count);\n", ""]],
    on: { preset: "small", subject: "uncached" },
  },
  {
    id: "never-busy",
    change: "takes a region away while DMA is in flight",
    file: "nic",
    edits: [
      ['  if (w.mem.at(w.regions.row(slot) + REGION.inFlight) > 0) return nicError("BUSY");\n', ""],
    ],
  },
  {
    id: "anybodys-lock",
    change: "registers locked pages of another provider",
    file: "nic",
    edits: [["mem.at(lockRow + LOCK.provider) !== provider || ", ""]],
    on: { preset: "windows", subject: "wild cache" },
  },
  {
    id: "anybodys-region",
    change: "looks a region up without its process",
    file: "nic",
    edits: [
      [
        "slot !== NONE && w.mem.at(w.regions.row(slot) + REGION.process) === process ? slot : NONE",
        "process >= 0 ? slot : NONE",
      ],
    ],
    on: { preset: "windows", subject: "wild cache" },
  },
  {
    id: "exposes-one-more",
    change: "exposes the page behind a region",
    file: "nic",
    edits: [["first + count > from + mem.at(", "first + count > from + 1 + mem.at("]],
    on: { preset: "wide", subject: "wild cache" },
  },
  {
    id: "exposes-any-right",
    change: "exposes for writing what is registered for reading",
    file: "nic",
    edits: [
      [
        '  if (!includes(mem.at(regionRow + REGION.access), code)) return nicError("INVALID_KEY");\n',
        "",
      ],
    ],
    on: { preset: "wide", subject: "wild cache" },
  },
  {
    id: "region-keys-again",
    change: "gives the key of the newest region out again when it is gone",
    file: "nic",
    edits: [
      [
        "  addTo(w, card + NIC.pages, -count);",
        "  addTo(w, card + NIC.pages, -count);\n  if (mem.at(card + NIC.nextRegion) === mem.at(row + REGION.key) + 1) addTo(w, card + NIC.nextRegion, -1);",
      ],
    ],
  },
  {
    id: "remote-keys-again",
    change: "does not count the keys that it exposes under",
    file: "nic",
    edits: [
      [
        "mem.put(card + NIC.nextKey, remoteKey + 1);",
        "mem.put(card + NIC.nextKey, remoteKey + (socket & 1));",
      ],
    ],
  },
  {
    id: "exposed-without-a-region",
    change: "leaves exposures of a region that is gone",
    file: "nic",
    edits: [
      [
        "e !== NONE; e = w.exposuresOfRegion.first(ends)) {",
        "e < NONE; e = w.exposuresOfRegion.first(ends)) {",
      ],
    ],
  },
  {
    id: "dangles-not",
    change: "forgets registrations that named a region before it was there",
    file: "nic",
    edits: [["if (w.get(SINGLE.dangling) > 0) adoptRegistrations(w, slot);", ""]],
    on: { preset: "micro", subject: "wild cache" },
  },
  {
    id: "flies-not",
    change: "forgets transfers on a region from before it was there",
    file: "nic",
    edits: [["if (w.transfers.count > 0) adoptTransfers(w, slot);", ""]],
    on: { preset: "micro", subject: "wild cache" },
  },
  {
    id: "dma-from-the-start",
    change: "transfers from the first page of the region",
    file: "nic",
    edits: [["const from = first - w.mem.at(row + REGION.first);", "const from = first - first;"]],
  },
  {
    id: "dma-one-page",
    change: "transfers one page fewer than the buffer has",
    file: "nic",
    edits: [
      [
        "Math.min(from + count, w.mem.at(row + REGION.count));",
        "Math.min(from + Math.max(1, count - 1), w.mem.at(row + REGION.count));",
      ],
    ],
  },
  {
    id: "dma-by-the-page-table",
    change: "transfers into what the pages map now instead of the region's frames",
    file: "nic",
    edits: [
      [
        "const pfn = w.mem.at(frames + i);",
        "const pfn = Math.max(w.mem.at(frames + i) * 0, mappedFrame(w, w.mem.at(row + REGION.process), w.mem.at(row + REGION.first) + i));",
      ],
      [
        'import { enter, leave } from "./over.ts";',
        'import { enter, leave } from "./over.ts";\nimport { mappedFrame } from "./pages.ts";',
      ],
    ],
  },
  {
    id: "dma-revives",
    change: "writes frames that are out of use",
    file: "nic",
    edits: [["if (!isInUse(w, pfn)) {", "if (!isInUse(w, pfn) && stamp === null) {"]],
    on: { preset: "wide", subject: "wild cache" },
  },
  {
    id: "receives-as-it-sends",
    change: "reads the buffer of a receive",
    file: "codes",
    edits: [["kind === 1 || kind === 2 ? WRITE : READ", "kind === 2 ? WRITE : READ"]],
  },
  {
    id: "flies-on-any-socket",
    change: "starts a transfer on another socket's registration",
    file: "transfers",
    edits: [
      [
        "    mem.at(row + REGISTRATION.socket) !== event.socket ||\n    mem.at(row + REGISTRATION.scope) !== LOCAL",
        "    mem.at(row + REGISTRATION.scope) !== LOCAL",
      ],
    ],
  },
  {
    id: "lands-twice",
    change: "counts an aborted transfer as in flight until it completes",
    file: "transfers",
    edits: [
      [
        "    addFlight(w, t, -1);\n    w.mem.put(row + TRANSFER.inFlight, 0);",
        "    w.mem.put(row + TRANSFER.inFlight, 0);",
      ],
    ],
  },
  {
    id: "peers-of-any-socket",
    change: "lets a peer reach what is exposed to another",
    file: "transfers",
    edits: [["    mem.doubleAt(row + EXPOSURE.socket) !== event.socket ||\n", ""]],
  },
  {
    id: "peers-write",
    change: "lets a peer write what is exposed for reading",
    file: "transfers",
    edits: [["    !includes(mem.at(row + EXPOSURE.access), access)\n", "    access < 0\n"]],
  },
  {
    id: "newest-descriptor",
    change: "looks up the newest of two descriptors of one name",
    file: "calls",
    edits: [
      [
        "if (w.descriptorOf.get(id) === NONE) w.descriptorOf.set(id, slot);",
        "w.descriptorOf.set(id, slot);",
      ],
    ],
    on: { preset: "small", subject: "uncached" },
  },
  {
    id: "small-descriptors",
    change: "takes a descriptor buffer that is a byte too small",
    file: "switch",
    edits: [["const DESCRIPTOR_BYTES = 24;", "const DESCRIPTOR_BYTES = 23;"]],
  },
  {
    id: "deregisters-in-use",
    change: "hands a deregister to the cache while a transfer uses the buffer",
    file: "switch",
    edits: [
      [
        "if (slot === NONE || isInTransfer(w, call.registration)) return",
        "if (slot === NONE) return",
      ],
    ],
  },
  {
    id: "deregisters-anywhere",
    change: "deregisters on any socket",
    file: "switch",
    edits: [["    w.mem.at(row + REGISTRATION.socket) !== call.socket ||\n", ""]],
  },
  {
    id: "deregisters-without-the-key",
    change: "does not give the remote key back to the cache",
    file: "switch",
    edits: [["    remoteKey < 0\n", "    remoteKey < 0 || remoteKey > 1\n"]],
  },
  {
    id: "tells-the-cache-first",
    change: "tells the cache of a close before the deregisters",
    file: "switch",
    edits: [
      [
        'events.push({ type: "call", instance: brand(instance), call });',
        'events.unshift({ type: "call", instance: brand(instance), call });',
      ],
    ],
  },
  {
    id: "closes-in-flight",
    change: "closes a socket without stopping its DMA",
    file: "switch",
    edits: [["  if (!isWhole(w)) abortTransfersOf(w, id);\n", ""]],
  },
  {
    id: "hands-over-at-once",
    change: "connects the new socket before the old process let go",
    file: "switch",
    edits: [
      [
        '      ...releaseSocket(w, socket, event.socket),\n      { type: "closed", socket: event.socket },\n      { type: "connect", socket: event.as, process: event.process, provider: brand(provider) },',
        '      { type: "connect", socket: event.as, process: event.process, provider: brand(provider) },\n      ...releaseSocket(w, socket, event.socket),\n      { type: "closed", socket: event.socket },',
      ],
    ],
  },
  {
    id: "cleans-up-neighbours",
    change: "closes the sockets of other instances in a clean-up",
    file: "switch",
    edits: [
      [
        "if (instanceOfSocket(w, s) !== id || !isConnected(w, s)) continue;",
        "if (!isConnected(w, s)) continue;",
      ],
    ],
  },
  {
    id: "stops-before-clean-up",
    change: "stops the provider before its cache is told to let go",
    file: "switch",
    edits: [
      [
        '{ type: "call", instance, call: { name: "cleanup" } }, { type: "stopped", instance }',
        '{ type: "stopped", instance }, { type: "call", instance, call: { name: "cleanup" } }',
      ],
    ],
  },
  {
    id: "connects-unstarted",
    change: "does not start the provider of a new connection",
    file: "switch",
    edits: [['then: [{ type: "start", instance: brand(instance) }] };', "then: nothing };"]],
  },
  {
    id: "closed-is-connected",
    change: "leaves a closing socket in the list of those that are connected",
    file: "sockets",
    edits: [["  if (isConnected(w, socket)) ", "  if (status > 1 && isConnected(w, socket)) "]],
  },
  {
    id: "remembers-past-the-end",
    change: "remembers registrations of an instance that was started anew",
    file: "ends",
    edits: [["  forgetHistory(w, id);\n", ""]],
  },
  {
    id: "flies-past-the-end",
    change: "leaves the transfers of a process that ended",
    file: "ends",
    edits: [["    removeTransfersOf(w, w.mem.at(row + SOCKET.id));\n", ""]],
  },
  {
    id: "attempts-past-the-end",
    change: "leaves the refused operations of a process that ended",
    file: "ends",
    edits: [["  w.attempts = w.attempts.filter((each) => each.process !== process);\n", ""]],
  },
  {
    id: "secured-by-the-dead",
    change: "leaves what a dead process had secured",
    file: "ends",
    edits: [["  releaseSecures(w, (row) => w.mem.at(row + SECURE.process) === process);\n", ""]],
    on: { preset: "micro", subject: "wild driver" },
  },
  {
    id: "locked-by-the-dead",
    change: "does not stop the machine when a process ends with its pages locked",
    file: "ends",
    edits: [['      w.set(SINGLE.bugCheck, bugCheckCode("PROCESS_HAS_LOCKED_PAGES"));\n', ""]],
    on: { preset: "small", subject: "wild driver" },
  },
  {
    id: "kills-again",
    change: "leaves the fault armed that killed the process",
    file: "ends",
    edits: [["  if (w.get(SINGLE.kill) === process + 1) w.set(SINGLE.kill, 0);\n", ""]],
  },
  {
    id: "stops-all",
    change: "closes the driver for every provider of the process",
    file: "ends",
    edits: [
      [
        "      w.mem.at(row + LOCK.process) === process && w.mem.at(row + LOCK.provider) === provider;\n    if (isOwn && isLocked(w, lock))",
        "      w.mem.at(row + LOCK.process) === process && provider >= 0;\n    if (isOwn && isLocked(w, lock))",
      ],
    ],
    on: { preset: "windows", subject: "by-the-book" },
  },
  {
    id: "resets-the-stopped",
    change: "cleans up a provider that is not started when its NIC is reset",
    file: "ends",
    edits: [
      [
        "if (w.isAlive(process) && w.mem.at(w.instance(id) + INSTANCE.started) === 1) {",
        "if (w.isAlive(process)) {",
      ],
    ],
  },
];
