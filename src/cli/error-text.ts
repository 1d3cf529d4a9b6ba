// What was thrown, in one line. A user's module may throw anything.

/** The message, with the name of the class unless that is just "Error". */
export function messageOf(error: unknown): string {
  if (error instanceof Error) {
    const name = error.name === "Error" ? "" : `${error.name}: `;
    return error.message === "" ? error.name : name + error.message;
  }
  return `${String(error)} (${typeof error})`;
}

/** Of several lines, the first; a long one is cut. */
export function firstLine(text: string): string {
  const line = text.split("\n")[0]?.trim() ?? "";
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

/** Without the full stop, to stand inside a sentence. */
export function withoutStop(text: string): string {
  return text.trim().replace(/\.$/, "");
}
