// The host of an asynchronous cache: the same calls as those of any host, looked at and answered in the same way, but each
// is performed when the scheduler says so.

import type { AsyncHost, NotificationFamily } from "../../model/contract.ts";
import type { HostAnswer, HostCall } from "../../model/events.ts";
import { Border } from "./border.ts";
import { hostFor } from "./host.ts";

/** Every call goes through the port and waits for its answer; `misuse` is told of one that is none. */
export function asyncHostFor(
  port: (call: HostCall) => Promise<HostAnswer>,
  misuse: (error: unknown) => void,
  pageSizeBytes: number,
  family: NotificationFamily,
): AsyncHost {
  // A host that performs nothing: without an answer it takes down what it is asked, with one it reads the answer.
  let asked: HostCall | null = null;
  let answer: HostAnswer | null = null;
  const asking = (call: HostCall): HostAnswer => {
    if (answer !== null) return answer;
    asked = call;
    throw takenDown;
  };
  const host = hostFor(asking, new Border(), pageSizeBytes, family);

  function requestOf(call: () => unknown): HostCall {
    asked = null;
    try {
      call();
    } catch (error) {
      if (error === takenDown && asked !== null) return asked;
      misuse(error);
      throw error;
    }
    throw new TypeError("a host call asks the host");
  }

  function read<Value>(answered: HostAnswer, call: () => Value): Value {
    answer = answered;
    const value = call();
    answer = null;
    return value;
  }

  const later =
    <Args extends unknown[], Value>(call: (...args: Args) => Value) =>
    async (...args: Args): Promise<Value> => {
      const answered = await port(requestOf(() => call(...args)));
      return read(answered, () => call(...args));
    };

  const { driver, nic, monitor } = host;
  return {
    pageSizeBytes,
    driver: promised(driver, later) as AsyncHost["driver"],
    nic: promised(nic, later) as AsyncHost["nic"],
    ...(monitor === undefined
      ? {}
      : { monitor: promised(monitor, later) as NonNullable<AsyncHost["monitor"]> }),
  };
}

/** Thrown through a host call that is only taken down. */
const takenDown: Error = new Error("taken down");

/** Every member of the record, through `change`. */
function promised(
  members: object,
  change: (member: (...args: unknown[]) => unknown) => unknown,
): object {
  const entries = Object.entries(members) as [string, (...args: unknown[]) => unknown][];
  return Object.fromEntries(entries.map(([name, member]) => [name, change(member)]));
}
