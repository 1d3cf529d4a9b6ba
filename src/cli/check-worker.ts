// The thread in which a subject is loaded and run. It may hang, throw or end at any point; the main thread
// watches. Runs only as a worker of worker-watch.ts.

import { writeSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { explore } from "../kit/explore.ts";
import { MisuseError } from "../kit/misuse.ts";
import { race } from "../kit/race/race.ts";
import type { Progress } from "../kit/report.ts";
import { run } from "../kit/run.ts";
import { asAsyncSubject, asSubject } from "../kit/subject.ts";
import { firstLine, messageOf } from "./error-text.ts";
import { stopFlag, withHeartbeat } from "./heartbeat.ts";
import { loadModule, ModuleError } from "./module-loading.ts";
import type { WorkerMessage, WorkerTask } from "./worker-messages.ts";

/** What the subject prints goes to stderr at once: stdout belongs to the report, and it may hang next. */
function printToStderr(): void {
  const write = (chunk: string | Uint8Array): boolean => {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    try {
      writeSync(2, bytes);
    } catch {
      // The reader of stderr is slow or gone; the check is worth more than the print.
    }
    return true;
  };
  process.stdout.write = write;
  process.stderr.write = write;
}

async function work(task: WorkerTask, tell: (message: WorkerMessage) => void): Promise<void> {
  tell({ type: "started" });
  try {
    const module = await loadModule(task.file, task.shown);
    const onProgress = (progress: Progress): void => tell({ type: "progress", progress });
    if (task.race !== null) {
      const subject = withHeartbeat(asAsyncSubject(module, task.shown), task.heartbeat);
      tell({ type: "loaded", subject: subject.name });
      tell({ type: "report", report: await race(subject, { ...task.race, onProgress }) });
      return;
    }
    const subject = withHeartbeat(asSubject(module, task.shown), task.heartbeat);
    tell({ type: "loaded", subject: subject.name });
    const earlier = task.earlierByName
      ? task.earlier.filter((trace) => trace.header.subject === subject.name)
      : task.earlier;
    const report =
      task.explore === null
        ? run(subject, { ...task.options, earlier, onProgress })
        : explore(subject, {
            ...task.explore,
            isStopped: stopFlag(task.heartbeat),
            onProgress,
          });
    tell({ type: "report", report });
  } catch (error) {
    if (error instanceof MisuseError || error instanceof ModuleError) {
      tell({ type: "problem", problem: error.message });
      return;
    }
    const stack = error instanceof Error ? (error.stack ?? "") : "";
    tell({ type: "fault", problem: firstLine(messageOf(error)), stack });
  }
}

const port = parentPort;
if (port === null) {
  console.error("check-worker runs only as a worker thread: use stalemate check <module>.");
  process.exitCode = 2;
} else {
  printToStderr();
  port.once("message", (task: WorkerTask) => {
    void work(task, (message) => port.postMessage(message));
  });
}
