// Where things are printed: reports on stdout, everything else on stderr, colour and progress only on a
// terminal.

import type { WriteStream } from "node:tty";
import type { Page } from "../report/failure-block.ts";
import { counted, figure, secondsText } from "../report/layout.ts";
import { painter } from "../report/paint.ts";
import type { Progress } from "../kit/report.ts";

/** Columns of a page that is not shown on a terminal. */
const fileColumns = 132;

/** The page of stdout: its width, and whether it has colours (NO_COLOR and FORCE_COLOR are obeyed). */
export function stdoutPage(): Page {
  const stream: WriteStream = process.stdout;
  if (!stream.isTTY) return { widthColumns: fileColumns, paint: painter(false) };
  const widthColumns = Math.min(160, Math.max(80, stream.columns));
  return { widthColumns, paint: painter(stream.hasColors()) };
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** One line on stderr, begun with the program's name. */
export function warn(text: string): void {
  process.stderr.write(`stalemate: ${text}\n`);
}

/** A line that is written over itself, at most ten times a second; nothing if stderr is no terminal. */
export function progressLine(): {
  readonly show: (subject: string, progress: Progress) => void;
  readonly clear: () => void;
} {
  const stream: WriteStream = process.stderr;
  let shownAt = 0;
  if (!stream.isTTY) return { show: () => undefined, clear: () => undefined };
  const erase = "\r\u001B[K";
  return {
    show(subject, progress): void {
      const now = performance.now();
      if (now - shownAt < 100) return;
      shownAt = now;
      const text = `${subject}: ${progressText(progress)}`;
      // A terminal of unknown width says 0.
      stream.write(erase + text.slice(0, (stream.columns || 80) - 1));
    },
    clear(): void {
      if (shownAt > 0) stream.write(erase);
      shownAt = 0;
    },
  };
}

function progressText({ phase, runs, ofRuns, commands, seconds, states }: Progress): string {
  if (states !== undefined) {
    const rate = `${figure(Math.round(states.perSecond))} states/s`;
    return `${phase}, ${counted(states.met, "state")}, ${rate}, depth ${states.depth}, frontier ${figure(states.frontier)}, ${secondsText(seconds)}`;
  }
  const of = ofRuns > 0 ? ` ${figure(runs)} of ${counted(ofRuns, "run")},` : "";
  return `${phase},${of} ${counted(commands, "command")}, ${secondsText(seconds)}`;
}
