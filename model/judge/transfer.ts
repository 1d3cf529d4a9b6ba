// Rules on what the application and the peers see: who may transfer, and that transfers reach the memory that
// was registered.

import type { Answer, EventOf } from "../events.ts";
import { accessOfTransfer } from "../access-of-transfer.ts";
import { includesAccess } from "../memory-manager.ts";
import { regionFrames } from "../nic.ts";
import { instanceOf } from "../state.ts";
import { pageNumbers, pagesOf, spanHas, type PageSpan, type Pfn } from "../units.ts";
import type { WorldView } from "../view.ts";
import { broken, frameNames, none, type Finding } from "./finding.ts";

const isAccepted = (answer: Answer): boolean =>
  answer !== null && answer.kind === "transfer" && answer.error === null;

/** ACCESS-1, ACCESS-3, ACCESS-4, SPI-2: a transfer needs a live registration of its own socket, with the right. */
export function judgeTransferStart(
  view: WorldView,
  event: EventOf<"transferStart">,
  answer: Answer,
): readonly Finding[] {
  return isAccepted(answer) ? judgeUse(view, event) : none;
}

/** The same, once the operation may reach the buffer. */
export function judgeUse(
  view: WorldView,
  event: Pick<EventOf<"transferStart">, "kind" | "registration" | "socket">,
): readonly Finding[] {
  const socket = view.socket(event.socket);
  const live = view.registration(event.registration);
  if (live === undefined || socket?.status !== "connected") {
    return [
      broken(
        "ACCESS-3",
        "memory is used only while it is registered and the connection is up",
        `${event.kind} on ${event.registration} was started`,
      ),
    ];
  }
  const owner = view.instance(live.instance);
  if (owner.process !== socket.process) {
    return [
      broken(
        "ACCESS-1",
        "memory registered for local access is used by its own process only",
        `process ${socket.process} started a ${event.kind} on memory of process ${owner.process}`,
      ),
    ];
  }
  if (live.socket !== event.socket) {
    return [
      broken(
        "SPI-2",
        `a handle of s_${live.socket} works on that socket only`,
        `a ${event.kind} on ${event.registration} was started on s_${event.socket}`,
      ),
    ];
  }
  if (!includesAccess(live.access, accessOfTransfer(event.kind))) {
    return [
      broken(
        "ACCESS-4",
        `a ${event.kind} needs the right to ${accessOfTransfer(event.kind)}`,
        `${event.registration} was registered for ${live.access}`,
      ),
    ];
  }
  return none;
}

/** LAW-9: the transfer reached the frames that the range mapped when it was registered. */
export function judgeTransferComplete(view: WorldView, answer: Answer): readonly Finding[] {
  const transfer = view.lastTransfer();
  if (transfer === null) return none;
  if (!isAccepted(answer)) {
    return [
      broken("LAW-9", "the transfer completes, as it does without a cache", "it was aborted"),
    ];
  }
  const live = view.registration(transfer.registration);
  const region = view.region(transfer.provider, transfer.region);
  if (live === undefined || region === undefined) return none;
  return judgeFrames(live.frames, regionFrames(region, transfer.span));
}

function judgeFrames(
  expected: readonly (Pfn | null)[],
  reached: readonly Pfn[],
): readonly Finding[] {
  if (reached.every((pfn, i) => pfn === expected[i])) return none;
  return [
    broken(
      "LAW-9",
      `the data of ${frameNames(expected)}, which the range mapped when it was registered`,
      `the transfer reached ${frameNames(reached)}`,
    ),
  ];
}

/** REMOTE-1, ACCESS-2, ACCESS-3, ACCESS-4, LAW-9: what a peer reached was registered for it, with the right. */
export function judgePeerAccess(
  view: WorldView,
  event: EventOf<"peerAccess">,
  answer: Answer,
): readonly Finding[] {
  if (!isAccepted(answer)) return none;
  const descriptor = view.descriptor(event.descriptor);
  if (descriptor === undefined) return none;
  const { provider, key } = descriptor;
  const exposure = view.exposure(provider, key);
  if (exposure === undefined) return none;
  const region = view.region(provider, exposure.region);
  if (region === undefined) return none;
  const remote = view
    .registrationsOver(instanceOf(view.config, exposure.process, provider), exposure.span)
    .filter((each) => each.scope === "remote");
  const reached = `the peer of s_${event.socket} reached it with the descriptor of ${event.descriptor}`;
  const spanOf = (range: (typeof remote)[number]["range"]): PageSpan =>
    pagesOf(range, view.config.pageSizeBytes);
  const findings: Finding[] = [];
  if (view.socket(event.socket)?.status !== "connected") {
    findings.push(broken("ACCESS-3", "no access once the connection is down", reached));
  }
  const frames = regionFrames(region, exposure.span);
  for (const [i, page] of pageNumbers(exposure.span).entries()) {
    const own = remote.filter(
      (each) => each.socket === event.socket && spanHas(spanOf(each.range), page),
    );
    if (own.length === 0) {
      const others = remote.some((each) => spanHas(spanOf(each.range), page));
      findings.push(
        broken("REMOTE-1", "no access to a page that is not registered for the peer", reached),
        ...(others ? [broken("ACCESS-2", "no access by another socket's peer", reached)] : []),
      );
      break;
    }
    if (!own.some((each) => includesAccess(each.access, event.access))) {
      findings.push(
        broken("ACCESS-4", `no ${event.access} by the peer: it has no such right`, reached),
      );
      break;
    }
    const expected = own.map((each) => each.frames[page - spanOf(each.range).first] ?? null);
    const got = frames[i] ?? null;
    if (!expected.includes(got)) {
      findings.push(...judgeFrames(expected.slice(0, 1), got === null ? [] : [got]));
      break;
    }
  }
  return findings;
}
