// What would have been accepted, in a line: the host calls and the answer that may stand there.

import type { Answer, CallOutcome, Event, HostCall } from "../../model/events.ts";
import type { AddressRange } from "../../model/units.ts";
import type { Continuation } from "../../properties/continuations.ts";
import { eventWords } from "../../properties/event-words.ts";

type NameOf = (event: Event, range: AddressRange) => string;

/** "lock(va_10, readwrite), NIC register(lock 2), then { ok: true, region 2 }". */
export function continuationText(steps: Continuation, nameOf: NameOf): string {
  const words = steps.map(({ event, answer }) => {
    switch (event.type) {
      case "return":
        return outcomeText(event.outcome);
      case "host":
        return hostText(event.call, (range) => nameOf(event, range)) + madeText(event.call, answer);
      case "completed":
        return JSON.stringify(event.result);
      default:
        return answer === null
          ? eventWords(event)
          : `${eventWords(event)}, answered ${JSON.stringify(answer)}`;
    }
  });
  return words.join(", then ");
}

/** " → region 3": what a host call hands out. */
function madeText({ name }: HostCall, answer: Answer): string {
  const made = { lock: "lock", secure: "secure", nicRegister: "region", expose: "key" };
  if (answer?.kind !== "host" || !(name in made)) return "";
  const { result } = answer;
  return result.ok
    ? ` → ${made[name as keyof typeof made]} ${typeof result.value === "number" ? result.value : ""}`
    : ` → ${result.error}`;
}

/** As it is written in a program. */
function outcomeText(outcome: CallOutcome): string {
  if (outcome === null) return "a return";
  if (!outcome.ok) return `{ ok: false, error: "${outcome.error}" }`;
  if (!("region" in outcome)) return "{ ok: true }";
  const { region, offsetBytes, remoteKey } = outcome;
  const key = remoteKey === undefined ? "" : `, key ${remoteKey}`;
  return `{ ok: true } with region ${region}, offset ${offsetBytes}${key}, and any handle`;
}

function hostText(call: HostCall, name: (range: AddressRange) => string): string {
  switch (call.name) {
    case "lock":
      return `lock(${name(call.range)}, ${call.access})`;
    case "secure":
      return `secure(${name(call.range)}, ${call.mode})`;
    case "unlock":
    case "frames":
      return `${call.name}(lock ${call.mdl})`;
    case "unsecure":
      return `unsecure(secure ${call.handle})`;
    case "nicRegister":
      return `nicRegister(lock ${call.mdl}, ${call.access})`;
    case "nicDeregister":
      return `nicDeregister(region ${call.region})`;
    case "expose":
      return `expose(region ${call.region}, ${name(call.range)}, s_${call.socket}, ${call.access})`;
    case "unexpose":
      return `unexpose(key ${call.key})`;
    case "watch":
    case "unwatch":
    case "generation":
      return `${call.name}(${name(call.range)})`;
    case "poll":
      return "poll()";
    case "post":
      return `post(${call.operation}, region ${call.region}, ${name(call.range)})`;
    case "cancel":
      return `cancel(${call.operation})`;
    case "complete":
      return `complete(${call.operation}, ${String(call.error)})`;
  }
}
