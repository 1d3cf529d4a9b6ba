// Misuse of the checker: one sentence that says what was given, what was wanted and what to do.

/** The checker was asked for something that makes no sense. */
export class MisuseError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MisuseError";
  }
}
