// Rules on a proxy driver under test, decided from its requests, its kernel calls, and its answers.

import { isUserRange, userPages } from "../address-space.ts";
import type { IoctlRequest, IoctlResult } from "../contract.ts";
import type { Answer, EventOf } from "../events.ts";
import { isValidFor } from "../freshness.ts";
import type { MdlHandle, ProcessId } from "../units.ts";
import type { Dispatch, WorldView } from "../view.ts";
import { both, broken, everyPage, none, type Finding } from "./finding.ts";

/** OWN-2, OWN-5, MM-4: a kernel call that is a bug check, or that takes from a process what is not its own. */
export function judgeKernel(
  view: WorldView,
  event: EventOf<"kernel">,
  answer: Answer,
): readonly Finding[] {
  if (answer === null || answer.kind !== "kernel" || answer.raised !== null) return none;
  const request = view.dispatch()?.request ?? null;
  const { call } = event;
  if (answer.bugCheck === null) {
    if (call.name !== "mmUnlockPages") return none;
    const [mdl] = call.args;
    const whose = foreignOwner(view, mdl);
    if (whose === null) return none;
    const expected = "a process's request, or its end, unlocks what that process has locked";
    const observed = `lock ${mdl} of process ${whose} was unlocked`;
    return [broken(request === null ? "MM-4" : "OWN-5", expected, observed)];
  }
  const observed = `${call.name} was bug check ${answer.bugCheck}`;
  const findings: Finding[] = [];
  if (answer.bugCheck === "INVALID_SECURE_HANDLE") {
    findings.push(
      broken(
        "OWN-2",
        "what is unsecured is a handle that securing returned, once, in the same process",
        observed,
      ),
    );
  }
  if (request !== null) {
    findings.push(
      broken("OWN-5", `${request.code} is checked before the kernel is called`, observed),
    );
  } else if (findings.length === 0) {
    findings.push(
      broken("MM-4", "what is locked is unlocked once, before its process ends", observed),
    );
  }
  return findings;
}

/** The process that was granted the lock, if it is not the one that is served. */
function foreignOwner(view: WorldView, mdl: MdlHandle): ProcessId | null {
  const grant = view.grantOf("lock", mdl);
  const served = view.dispatch()?.process;
  return grant === undefined || grant.process === served ? null : grant.process;
}

/** OWN-3, OWN-4, OWN-5: how a request ended. */
export function judgeCompleted(view: WorldView, event: EventOf<"completed">): readonly Finding[] {
  const dispatch = view.lastDispatch();
  if (dispatch === null) return none;
  if (event.escaped !== null) {
    return [
      broken(
        "OWN-3",
        "user memory is touched inside try/except: no exception leaves the driver",
        `${event.escaped} left it, and the machine is down`,
      ),
    ];
  }
  const { request } = dispatch;
  const { result } = event;
  if (request === null || result === null) return none;
  const findings = judgeFailure(dispatch, request, result);
  return result.ok ? both(findings, judgeTrust(view, dispatch, request)) : findings;
}

/** OWN-4: a caught fault is a failure, and a failure leaves nothing. */
function judgeFailure(
  dispatch: Dispatch,
  request: IoctlRequest,
  result: IoctlResult,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (result.ok && dispatch.raised !== null) {
    findings.push(
      broken("OWN-4", `${request.code} fails, since ${dispatch.raised} was raised`, "it succeeded"),
    );
  }
  const left = [
    ...dispatch.mdls.map((mdl) => `lock ${mdl}`),
    ...dispatch.secures.map((handle) => `secure ${handle}`),
  ];
  const keeps = result.ok && (request.code === "lock" || request.code === "secure");
  if (left.length > 0 && !keeps) {
    findings.push(
      broken(
        "OWN-4",
        `${request.code} leaves nothing that it acquired`,
        `${left.join(", ")} ${left.length === 1 ? "is" : "are"} left`,
      ),
    );
  }
  return findings;
}

/** OWN-5: bad handles, foreign handles and bad ranges do not succeed. */
function judgeTrust(
  view: WorldView,
  dispatch: Dispatch,
  request: IoctlRequest,
): readonly Finding[] {
  const distrusted = whatIsWrong(view, dispatch, request);
  if (distrusted === null) return none;
  return [
    broken("OWN-5", `${request.code} completes with an error: ${distrusted}`, "it succeeded"),
  ];
}

/** Why the request must fail; null if it need not. Handles are looked up as they were before the request. */
function whatIsWrong(view: WorldView, dispatch: Dispatch, request: IoctlRequest): string | null {
  switch (request.code) {
    case "unlock":
    case "unsecure":
    case "frames":
      return dispatch.knownHandle ? null : "the handle is not one of this process";
    case "lock":
    case "secure":
    case "copyFromUser":
    case "copyToUser": {
      const { config } = view;
      const user = userPages(config.pageCount, config.granularityPages);
      if (!isUserRange(request.range, user, config.pageSizeBytes)) {
        return "the range is not in user memory";
      }
      const access =
        request.code === "lock"
          ? request.access
          : request.code === "secure"
            ? request.mode === "readonly"
              ? "read"
              : "write"
            : request.code === "copyFromUser"
              ? "read"
              : "write";
      // A guard page is no error to secure, and one that was touched is a guard page no more.
      const guard = request.code === "secure" ? "ignored" : "counts";
      return isValidFor(view, dispatch.process, request.range, access, guard)
        ? null
        : "the range is freed or protected";
    }
  }
}

/** MM-4: a process that has ended left no secure and no lock. */
export function judgeExited(view: WorldView, event: EventOf<"exited">): readonly Finding[] {
  const locked = view.locksOver(event.process, everyPage(view));
  const secured = view.securesOver(event.process, everyPage(view));
  const left = [
    ...locked.map((each) => `lock ${each.handle}`),
    ...secured.map((each) => `secure ${each.handle}`),
  ];
  if (left.length === 0) return none;
  return [
    broken("MM-4", `process ${event.process} ends with nothing locked or secured`, left.join(", ")),
  ];
}
