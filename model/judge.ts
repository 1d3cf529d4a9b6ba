// The judge: which rules did this event break? It takes what happened and says whether any legal provider
// could have done it; it predicts nothing. It reads the world after the event, through `WorldView`, and never
// looks inside a subject.
//
// What it does not judge: LAW-12, which needs two runs (the kit compares them), and the rules whose row says
// so in `notJudged`.

import type { Answer, Event, EventOf } from "./events.ts";
import { judgeCallback } from "./judge/callback.ts";
import { judgeCompleted, judgeExited, judgeKernel } from "./judge/driver.ts";
import type { Finding } from "./judge/finding.ts";
import { judgeHost } from "./judge/host.ts";
import { judgeQuiescent } from "./judge/quiescent.ts";
import { judgeRegister } from "./judge/register.ts";
import {
  judgeCleanup,
  judgeCloseSocket,
  judgeClosed,
  judgeDeregister,
  judgeLosses,
} from "./judge/release.ts";
import { judgeMemory, judgeRetry, judgeWsp } from "./judge/switch.ts";
import { judgePeerAccess, judgeTransferComplete, judgeTransferStart } from "./judge/transfer.ts";
import { precedence } from "./rules.ts";
import type { WorldView } from "./view.ts";

export type { Finding } from "./judge/finding.ts";

/** The rules that the event broke, the primary one first; each rule at most once. */
export function judge(view: WorldView, event: Event, answer: Answer): readonly Finding[] {
  const findings = findingsOf(view, event, answer);
  if (findings.length < 2) return findings;
  const sorted = findings.toSorted(
    (a, b) =>
      Number(b.fails) - Number(a.fails) || precedence.indexOf(a.rule) - precedence.indexOf(b.rule),
  );
  return sorted.filter((each, i) => sorted.findIndex((other) => other.rule === each.rule) === i);
}

function findingsOf(view: WorldView, event: Event, answer: Answer): Finding[] {
  switch (event.type) {
    case "host":
      return answer !== null && answer.kind === "host" ? judgeHost(view, event, answer.result) : [];
    case "return":
      return judgeReturn(view, event);
    case "os":
      return judgeMemory(view);
    case "retry":
      return [...judgeRetry(view, event.process, answer), ...judgeMemory(view)];
    case "wsp":
      return judgeWsp(view, event, answer);
    case "transferStart":
      return judgeTransferStart(view, event, answer);
    case "transferComplete":
      return judgeTransferComplete(view, answer);
    case "peerAccess":
      return judgePeerAccess(view, event, answer);
    case "closed":
      return judgeClosed(view, event);
    case "exited":
      return [...judgeExited(view, event), ...judgeMemory(view)];
    case "kernel":
      return judgeKernel(view, event, answer);
    case "completed":
      return judgeCompleted(view, event);
    default:
      return [];
  }
}

function judgeReturn(view: WorldView, event: EventOf<"return">): Finding[] {
  const instance = view.instance(event.instance);
  const active = instance.lastCall;
  const { claims } = view;
  if (active === null || claims === null) return [];
  const quiescent = instance.calls.length === 0;
  return [
    ...judgeRegister(view, instance, claims, active),
    ...judgeDeregister(view, instance, claims, active),
    ...judgeCallback(view, instance, claims, active),
    ...judgeCloseSocket(view, instance, active),
    ...judgeCleanup(view, instance, active),
    ...(quiescent ? judgeLosses(view, instance, claims, active) : []),
    ...(quiescent ? judgeQuiescent(view, instance, claims) : []),
  ];
}
