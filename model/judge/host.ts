// Rules that a single host call can break: releasing what is held, and releasing twice.

import type { EventOf, HostAnswer } from "../events.ts";
import { isHeld } from "../entries.ts";
import type { ProviderInstance, Registration } from "../ledger.ts";
import type { WorldView } from "../view.ts";
import { broken, type Finding } from "./finding.ts";

export function judgeHost(view: WorldView, event: EventOf<"host">, result: HostAnswer): Finding[] {
  const { call } = event;
  const instance = view.instance(event.instance);
  switch (call.name) {
    case "unsecure":
      return result.ok || result.error !== "STATUS_INVALID_HANDLE"
        ? []
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
      return judgeRegionRelease(instance, call.region);
    case "unexpose":
      return result.ok ? [] : releasedTwice(result.error, "exposure", call.key);
    default:
      return [];
  }
}

function releasedTwice(error: string, what: string, name: number): Finding[] {
  if (error !== "STATUS_INVALID_HANDLE" && error !== "INVALID_KEY") return [];
  return [broken("LAW-4", `every ${what} is released once`, `${what} ${name} is not live`)];
}

/** LAW-5: a region stays while a live registration names it. */
function judgeRegionRelease(instance: ProviderInstance, key: number): Finding[] {
  const users = usersOf(instance, key);
  if (users.length === 0) return [];
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
function judgeUnlock(view: WorldView, instance: ProviderInstance, mdl: number): Finding[] {
  const region = view
    .regions(instance.provider)
    .find(
      (each) =>
        each.mdl === mdl &&
        (usersOf(instance, each.key).length > 0 ||
          view.transfers().some((transfer) => transfer.inFlight && transfer.region === each.key)),
    );
  if (region === undefined || !isHeld(view, instance, region)) return [];
  return [
    broken(
      "LAW-5",
      "pages stay locked while a region on them is in use",
      `lock ${mdl} is released under region ${region.key}`,
    ),
  ];
}

/** Live registrations that name the region, without those whose deregister is in progress. */
function usersOf(instance: ProviderInstance, key: number): Registration[] {
  const ending = instance.calls.flatMap(({ call }) =>
    call.name === "deregister" ? [call.registration] : [],
  );
  return instance.registrations.filter(
    (each) => each.region === key && !ending.includes(each.name),
  );
}
