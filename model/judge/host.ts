// Rules that a single host call can break: releasing what is held, and releasing twice.

import type { EventOf, HostAnswer } from "../events.ts";
import type { InstanceView, Registration } from "../ledger.ts";
import type { MdlHandle, RegionKey } from "../units.ts";
import type { WorldView } from "../view.ts";
import { broken, none, type Finding } from "./finding.ts";
import { judgeCancel, judgeCompletion, judgePost } from "./whole-provider.ts";

export function judgeHost(
  view: WorldView,
  event: EventOf<"host">,
  result: HostAnswer,
): readonly Finding[] {
  const { call } = event;
  const instance = view.instance(event.instance);
  switch (call.name) {
    case "unsecure":
      return result.ok || result.error !== "STATUS_INVALID_HANDLE"
        ? none
        : [
            broken("LAW-4", "every secure is released once", `secure ${call.handle} is not live`),
            broken(
              "OWN-2",
              "what is unsecured is a handle that securing returned, once, in the same process",
              `secure ${call.handle} is not live in this process`,
            ),
          ];
    case "unlock":
      if (!result.ok) return releasedTwice(result.error, "lock", call.mdl);
      return judgeUnlock(view, instance, call.mdl);
    case "nicDeregister":
      if (!result.ok) return releasedTwice(result.error, "region", call.region);
      return judgeRegionRelease(view, instance, call.region);
    case "unexpose":
      return result.ok ? none : releasedTwice(result.error, "exposure", call.key);
    case "post":
      return result.ok ? judgePost(view, instance, call) : none;
    case "cancel":
      return judgeCancel(view, instance, call);
    case "complete":
      return judgeCompletion(view, instance, call, result);
    default:
      return none;
  }
}

function releasedTwice(error: string, what: string, name: number): readonly Finding[] {
  if (error !== "STATUS_INVALID_HANDLE" && error !== "INVALID_KEY") return none;
  return [broken("LAW-4", `every ${what} is released once`, `${what} ${name} is not live`)];
}

/** LAW-5: a region stays while a live registration names it. */
function judgeRegionRelease(
  view: WorldView,
  instance: InstanceView,
  key: RegionKey,
): readonly Finding[] {
  const users = usersOf(instance, view.registrationsOn(instance.id, key));
  if (users.length === 0) return none;
  const observed = `region ${key} is released while ${users.map((each) => each.name).join(", ")} uses it`;
  const inDeregister = instance.calls.at(-1)?.call.name === "deregister";
  return [
    broken("LAW-5", "a region stays until its last deregister", observed),
    ...(inDeregister
      ? [broken("SPI-4", "a buffer stays usable until the last of its deregisters", observed)]
      : []),
  ];
}

/** LAW-5: locked pages stay locked while a region on them is used. */
function judgeUnlock(view: WorldView, instance: InstanceView, mdl: MdlHandle): readonly Finding[] {
  for (const { held, regions } of view.entriesOn(instance.id, mdl)) {
    const [region] = regions;
    if (!held || region === undefined) continue;
    const named = view.registrationsOn(instance.id, region.key);
    // What no registration names is held by a transfer.
    if (named.length > 0 && usersOf(instance, named).length === 0) continue;
    return [
      broken(
        "LAW-5",
        "pages stay locked while a region on them is in use",
        `lock ${mdl} is released under region ${region.key}`,
      ),
    ];
  }
  return none;
}

/** The registrations without those whose deregister is in progress. */
function usersOf(
  instance: InstanceView,
  registrations: readonly Registration[],
): readonly Registration[] {
  if (registrations.length === 0) return registrations;
  return registrations.filter(
    ({ name }) =>
      !instance.calls.some(({ call }) => call.name === "deregister" && call.registration === name),
  );
}
