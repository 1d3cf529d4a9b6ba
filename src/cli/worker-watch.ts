// The main thread's side of a check: starts the worker and waits for its report. A worker in which nothing
// moves for too long is stopped: a subject that does not return is broken, not slow.

import { Worker } from "node:worker_threads";
import type { Progress, Report } from "../kit/report.ts";
import { firstLine, messageOf } from "./error-text.ts";
import { askToStop, newHeartbeat, readHeartbeat } from "./heartbeat.ts";
import type { WorkerMessage, WorkerTask } from "./worker-messages.ts";

export type Outcome =
  | { readonly report: Report }
  | {
      /** `unknown`: the subject is not to blame. */
      readonly verdict: "broken" | "unknown";
      /** Null: it was not loaded. */
      readonly subject: string | null;
      readonly problem: string;
      /** There is no subject in the module, what was asked for makes no sense, or the checker failed. */
      readonly nothingJudged: boolean;
      /** Commands executed, as far as is known. */
      readonly last: Progress | null;
    };

export interface WatchOptions {
  readonly watchdogSeconds: number;
  readonly onProgress: (subject: string, progress: Progress) => void;
}

/** Runs the task; always answers, and leaves no thread behind. */
export async function watchWorker(
  task: Omit<WorkerTask, "heartbeat">,
  options: WatchOptions,
): Promise<Outcome> {
  const heartbeat = newHeartbeat();
  const worker = new Worker(new URL("./check-worker.js", import.meta.url), { stdout: true });
  worker.stdout.pipe(process.stderr, { end: false });
  // The first Ctrl-C ends a search with what it has; the second is the system's.
  const onInterrupt = (): void => askToStop(heartbeat);
  if (task.explore !== null) process.once("SIGINT", onInterrupt);
  try {
    const whole: WorkerTask = { ...task, heartbeat };
    worker.postMessage(whole, []);
    return await outcomeOf(worker, whole, options);
  } finally {
    process.off("SIGINT", onInterrupt);
    await worker.terminate();
  }
}

function outcomeOf(worker: Worker, task: WorkerTask, options: WatchOptions): Promise<Outcome> {
  return new Promise((resolve) => {
    let subject: string | null = null;
    let last: Progress | null = null;
    let beats = 0;
    let movedAt = performance.now();
    const ends = (outcome: Outcome): void => {
      clearInterval(watchdog);
      resolve(outcome);
    };
    const endsBadly = (problem: string, verdict: "broken" | "unknown" = "broken"): void =>
      ends({ verdict, subject, problem, nothingJudged: subject === null, last });
    const silenceMs = options.watchdogSeconds * 1000;
    const watchdog = setInterval(
      () => {
        const pulse = readHeartbeat(task.heartbeat);
        if (pulse.beats !== beats) {
          beats = pulse.beats;
          movedAt = performance.now();
        } else if (performance.now() - movedAt >= silenceMs) {
          endsBadly(...whatHangs(task, subject, pulse.call, options.watchdogSeconds));
        }
      },
      Math.min(250, silenceMs / 4),
    );
    worker.on("message", (message: WorkerMessage) => {
      movedAt = performance.now();
      switch (message.type) {
        case "started":
          break;
        case "loaded":
          subject = message.subject;
          break;
        case "progress":
          last = message.progress;
          options.onProgress(subject ?? task.shown, message.progress);
          break;
        case "report":
          ends({ report: message.report });
          break;
        case "problem":
          ends({ verdict: "broken", subject, problem: message.problem, nothingJudged: true, last });
          break;
        case "fault":
          process.stderr.write(`${message.stack}\n`);
          ends({
            verdict: "unknown",
            subject,
            problem: faultText(message.problem),
            nothingJudged: true,
            last,
          });
          break;
      }
    });
    worker.on("error", (error) => endsBadly(errorText(task, error)));
    worker.on("exit", (code) => endsBadly(exitText(task, subject, code)));
  });
}

function whatHangs(
  task: WorkerTask,
  subject: string | null,
  call: string | null,
  seconds: number,
): [problem: string, verdict: "broken" | "unknown"] {
  const time = `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
  if (call !== null) {
    const again =
      task.options.seed === undefined ? "" : ` Seed ${task.options.seed} gets there again.`;
    const what = `a call of ${call} did not return for ${time} and was stopped`;
    return [
      `${what}: every call has to return, so look for a loop or a wait in ${call}.${again}`,
      "broken",
    ];
  }
  if (subject === null) {
    const what = `loading ${task.shown} did not end within ${time} and was stopped`;
    return [`${what}: loading it may only define the subject.`, "broken"];
  }
  return [
    `nothing moved for ${time} while no call of the subject was in progress, so the check was stopped: give --watchdog more seconds, or a smaller --preset.`,
    "unknown",
  ];
}

const faultText = (problem: string): string =>
  `the checker itself failed (${problem}): please report it, with the module and the lines above.`;

function errorText(task: WorkerTask, error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : null;
  if (code === "ERR_WORKER_OUT_OF_MEMORY") {
    return `${task.shown} used all memory of its thread: look for a collection that only grows.`;
  }
  return `${task.shown} threw outside every call: ${firstLine(messageOf(error))}. Catch it, or start nothing that goes on after a call.`;
}

function exitText(task: WorkerTask, subject: string | null, code: number): string {
  const when = subject === null ? "while it was loaded" : "during the check";
  const why =
    subject === null
      ? "it calls process.exit, or awaits at top level what never happens"
      : "it calls process.exit";
  return `${task.shown} ended its thread ${when} (exit code ${code}): ${why}. Take that out.`;
}
