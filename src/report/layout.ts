// Words and lines: numbers as people read them, and text broken at a width.

import type { Pfn } from "../../model/units.ts";

/** 41873 → "41,873". */
export function figure(value: number): string {
  return value.toLocaleString("en-US");
}

/** "1 command", "5 commands". */
export function counted(count: number, noun: string): string {
  return `${figure(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

export function secondsText(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}

/** "pfn 7", "pfn 7–9", "pfn 7+9": frames in the order of the pages. */
export function pfnText(frames: readonly (Pfn | null)[]): string {
  const [first, ...rest] = frames;
  if (first === undefined) return "no frame";
  const inOrder = first !== null && rest.every((pfn, i) => pfn === first + i + 1);
  if (inOrder && rest.length > 0) return `pfn ${first}–${first + rest.length}`;
  return `pfn ${frames.map((pfn) => pfn ?? "none").join("+")}`;
}

/**
 * Breaks a text at spaces, so that no line is longer than the width, if its words allow.
 * The first line begins with `first`, the others with `rest`.
 */
export function wrap(text: string, width: number, first: string, rest: string = first): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

/** Cuts a text to a width and says so with an ellipsis. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1)).trimEnd()}…`;
}
