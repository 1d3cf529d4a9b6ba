// The judge: which rules did this event break? It takes what happened and says whether any legal provider
// could have done it; it predicts nothing. It reads the world after the event, through `WorldView`, and never
// looks inside a subject.
//
// What it does not judge: LAW-12, which needs two runs (the kit compares them), and the rules whose row says
// so in `notJudged`.

import type { Claims } from "./config.ts";
import type { Answer, Event, EventOf } from "./events.ts";
import { judgeCallback } from "./judge/callback.ts";
import { judgeOrder, judgeStandstill } from "./judge/concurrent.ts";
import { judgeCompleted, judgeExited, judgeKernel } from "./judge/driver.ts";
import { both, none, type Finding, type JudgeScope } from "./judge/finding.ts";
import { judgeHost } from "./judge/host.ts";
import { judgeMemory } from "./judge/memory.ts";
import { judgeQuiescent } from "./judge/quiescent.ts";
import { judgeInvalidRegister } from "./judge/failed-register.ts";
import { judgeRegister } from "./judge/register.ts";
import {
  judgeCleanup,
  judgeCloseSocket,
  judgeClosed,
  judgeDeregister,
  judgeLosses,
} from "./judge/release.ts";
import { judgeRetry, judgeWsp } from "./judge/switch.ts";
import { judgePeerAccess, judgeTransferComplete, judgeTransferStart } from "./judge/transfer.ts";
import {
  judgeInvalidDeregister,
  judgeTransfer,
  judgeTransferDone,
} from "./judge/whole-provider.ts";
import type { ActiveCall, InstanceView } from "./ledger.ts";
import { precedence } from "./rules.ts";
import type { WorldView } from "./view.ts";

export type { Finding } from "./judge/finding.ts";

/**
 * The rules that the event broke, the primary one first; each rule at most once. A state is judged where the event
 * touched it; what it did not touch is as legal as it was. `everything` is for tests of exactly that.
 */
export function judge(
  view: WorldView,
  event: Event,
  answer: Answer,
  scope: JudgeScope = "touched",
): readonly Finding[] {
  const findings = findingsOf(view, event, answer, scope);
  if (findings.length < 2) return findings;
  const sorted = findings.toSorted(
    (a, b) =>
      Number(b.fails) - Number(a.fails) || precedence.indexOf(a.rule) - precedence.indexOf(b.rule),
  );
  return sorted.filter((each, i) => sorted.findIndex((other) => other.rule === each.rule) === i);
}

/** Every finding on the event, in the order in which the rules are asked. */
export function findingsOf(
  view: WorldView,
  event: Event,
  answer: Answer,
  scope: JudgeScope,
): readonly Finding[] {
  switch (event.type) {
    case "host":
      return answer !== null && answer.kind === "host"
        ? judgeHost(view, event, answer.result)
        : none;
    case "return":
      return judgeReturn(view, event, scope);
    case "os":
      return judgeMemory(view, scope);
    case "retry":
      return both(judgeRetry(view, event.process, answer), judgeMemory(view, scope));
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
      return both(judgeExited(view, event), judgeMemory(view, scope));
    case "kernel":
      return judgeKernel(view, event, answer);
    case "completed":
      return judgeCompleted(view, event);
    case "standstill":
      return judgeStandstill(view, event);
    default:
      return none;
  }
}

function judgeReturn(
  view: WorldView,
  event: EventOf<"return">,
  scope: JudgeScope,
): readonly Finding[] {
  const instance = view.instance(event.instance);
  const active = instance.lastCall;
  const { claims } = view;
  if (active === null || claims === null) return none;
  const findings = judgeCall(view, instance, claims, active);
  if (instance.calls.length > 0) return findings;
  return both(
    both(
      both(findings, judgeLosses(view, instance, claims, active)),
      judgeOrder(view, instance, claims),
    ),
    judgeQuiescent(view, instance, claims, active, scope),
  );
}

function judgeCall(
  view: WorldView,
  instance: InstanceView,
  claims: Claims,
  active: ActiveCall,
): readonly Finding[] {
  switch (active.call.name) {
    case "register":
      return judgeRegister(view, instance, claims, active);
    case "deregister":
      return judgeDeregister(view, instance, claims, active);
    case "invalidate":
      return judgeCallback(view, instance, claims, active);
    case "closeSocket":
      return judgeCloseSocket(view, instance, active);
    case "cleanup":
      return judgeCleanup(view, instance, active);
    case "registerInvalid":
      return judgeInvalidRegister(view, instance, active);
    case "deregisterInvalid":
      return judgeInvalidDeregister(view, instance, claims, active);
    case "transfer":
      return judgeTransfer(view, active);
    case "transferDone":
      return judgeTransferDone(view, active);
  }
}
