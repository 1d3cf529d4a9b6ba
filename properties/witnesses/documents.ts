// Situations of the rules that the documents state: LOCAL, REMOTE, OWN, ACCESS, SPI.

import { isIdle } from "../../model/entries.ts";
import { pagesOf, sameSpan } from "../../model/units.ts";
import { answers, isRemote, keepsLocal, succeeded, type Situation } from "./scene.ts";

export const documents: readonly Situation[] = [
  {
    rule: "LOCAL-1",
    name: "the last deregister of a local buffer",
    on: "return",
    call: "deregister",
    holds: ({ view, active, instance }) =>
      active?.call.name === "deregister" &&
      active.call.request.scope === "local" &&
      instance !== null &&
      view.registrationsOn(instance.id, active.call.region).length === 0,
  },
  {
    rule: "LOCAL-2",
    name: "an idle entry",
    on: "return",
    holds: ({ idle }) => idle.some((each) => !each.remote),
  },
  {
    rule: "LOCAL-3",
    name: "a register of a range that an entry covers",
    on: "return",
    call: "register",
    holds: (scene) => !isRemote(scene) && scene.isCovered,
  },
  {
    rule: "LOCAL-4",
    name: "a callback over an idle entry",
    on: "return",
    call: "invalidate",
    holds: ({ over }) => over.some((each) => isIdle(each) && !each.remote),
  },
  {
    rule: "LOCAL-4",
    name: "a callback over a buffer in use",
    on: "return",
    call: "invalidate",
    holds: ({ over }) => over.some((each) => each.held && !each.remote),
  },
  {
    rule: "LOCAL-5",
    name: "a close with idle entries",
    on: "return",
    call: "closeSocket",
    holds: ({ before }) => before !== null && before.totals.idleEntries > 0,
  },
  {
    rule: "REMOTE-1",
    name: "a peer's access after the deregister",
    on: "peerAccess",
    holds: ({ view, event }) =>
      event.type === "peerAccess" && view.registration(event.descriptor) === undefined,
  },
  {
    rule: "REMOTE-2",
    name: "an idle remote entry",
    on: "return",
    holds: ({ idle }) => idle.some((each) => each.remote),
  },
  {
    rule: "REMOTE-3",
    name: "a register on an idle remote entry",
    on: "return",
    call: "register",
    holds: (scene) => isRemote(scene) && scene.isCovered,
  },
  {
    rule: "REMOTE-4",
    name: "a callback over an idle remote entry",
    on: "return",
    call: "invalidate",
    holds: ({ over }) => over.some((each) => isIdle(each) && each.remote),
  },
  {
    rule: "OWN-1",
    name: "a secure for a range that is not page aligned",
    required: (_claims, { environment }) => !environment.pageGranular,
    on: "return",
    holds: ({ view, idle }) =>
      idle.some(({ span, ranges }) =>
        ranges.some((range) => range.lengthBytes !== span.count * view.config.pageSizeBytes),
      ),
  },
  {
    rule: "OWN-2",
    name: "an unsecure",
    on: "host",
    call: "unsecure",
    holds: () => true,
  },
  {
    rule: "OWN-2",
    name: "an unsecure by the driver",
    forDriver: true,
    on: "kernel",
    call: "mmUnsecureVirtualMemory",
    holds: () => true,
  },
  {
    rule: "OWN-3",
    name: "an access that faults",
    forDriver: true,
    on: "kernel",
    holds: ({ answer }) => answer?.kind === "kernel" && answer.raised !== null,
  },
  {
    rule: "OWN-3",
    name: "an access that meets a bad block",
    forDriver: true,
    on: "kernel",
    holds: ({ answer }) => answer?.kind === "kernel" && answer.raised === "STATUS_IN_PAGE_ERROR",
  },
  {
    rule: "OWN-4",
    name: "a caught fault",
    forDriver: true,
    on: "completed",
    holds: ({ view }) => (view.lastDispatch()?.raised ?? null) !== null,
  },
  {
    rule: "OWN-5",
    name: "a request with a handle that is not the process's",
    forDriver: true,
    on: "ioctl",
    holds: ({ view }) => view.dispatch()?.knownHandle === false,
  },
  {
    rule: "OWN-5",
    name: "a request over a range outside user memory",
    forDriver: true,
    on: "ioctl",
    holds: ({ view, event }) =>
      event.type === "ioctl" &&
      "range" in event.request &&
      event.request.range.start + event.request.range.lengthBytes >
        (view.config.pageCount + view.config.granularityPages) * view.config.pageSizeBytes,
  },
  {
    rule: "OWN-5",
    name: "a request over a freed range",
    forDriver: true,
    on: "ioctl",
    holds: ({ view, event }) =>
      event.type === "ioctl" &&
      "range" in event.request &&
      view.page(event.process, pagesOf(event.request.range, view.config.pageSizeBytes).first) ===
        undefined,
  },
  {
    rule: "ACCESS-2",
    name: "an access by another peer",
    on: "peerAccess",
    holds: ({ view, event }) =>
      event.type === "peerAccess" &&
      (view.descriptor(event.descriptor)?.socket ?? event.socket) !== event.socket,
  },
  {
    rule: "ACCESS-3",
    name: "a close of a connection that had remote buffers",
    on: "closed",
    holds: ({ view, event }) =>
      event.type === "closed" && view.descriptors().some((each) => each.socket === event.socket),
  },
  {
    rule: "ACCESS-4",
    name: "a register with other rights than an entry over the range has",
    on: "return",
    call: "register",
    holds: ({ active, over }) =>
      active?.call.name === "register" &&
      active.outcome?.ok === true &&
      over.some(
        (entry) => active.call.name === "register" && entry.access !== active.call.request.access,
      ),
  },
  {
    rule: "ACCESS-4",
    name: "a register of pages that forbid writing",
    on: "return",
    call: "register",
    holds: ({ active }) =>
      active?.call.name === "register" &&
      active.outcome?.ok === false &&
      active.wasInvalid &&
      active.call.request.access !== "read",
  },
  {
    rule: "ACCESS-5",
    name: "a close",
    on: "closed",
    holds: () => true,
  },
  {
    rule: "SPI-1",
    name: "WSAEFAULT",
    on: "return",
    call: "register",
    holds: answers("WSAEFAULT"),
  },
  {
    rule: "SPI-1",
    name: "WSAENOBUFS",
    on: "return",
    call: "register",
    holds: answers("WSAENOBUFS"),
  },
  {
    rule: "SPI-4",
    name: "a deregister of one of two registrations of a region",
    on: "return",
    call: "deregister",
    holds: ({ view, active, instance, span }) =>
      active?.outcome?.ok === true &&
      instance !== null &&
      span !== null &&
      view
        .registrationsOver(instance.id, span)
        .some((each) => sameSpan(pagesOf(each.range, view.config.pageSizeBytes), span)),
  },
  {
    rule: "SPI-5",
    name: "0",
    on: "return",
    call: "invalidate",
    holds: succeeded,
    required: keepsLocal,
  },
  {
    rule: "SPI-5",
    name: "WSAEINVAL",
    on: "return",
    call: "invalidate",
    holds: answers("WSAEINVAL"),
  },
  {
    rule: "SPI-5",
    name: "WSAEFAULT",
    required: (claims) => keepsLocal(claims) && claims.inUse === "refuse",
    on: "return",
    call: "invalidate",
    holds: answers("WSAEFAULT"),
  },
  {
    rule: "SPI-6",
    name: "a deregister",
    on: "return",
    call: "deregister",
    holds: succeeded,
  },
];
