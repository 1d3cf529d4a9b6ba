// What scripts do with their arguments.

/** What `read` makes of them; null, with a sentence on stderr and exit code 2, if it throws. */
export function parsed<T>(read: () => T, usage: string): T | null {
  try {
    return read();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`${message}; give ${usage}, or nothing`);
    process.exitCode = 2;
    return null;
  }
}

/** A whole number above 0; null if it is not given. */
export function whole(name: string, given: string | undefined): number | null {
  if (given === undefined) return null;
  const value = Number(given);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`--${name} is "${given}"; it must be a whole number above 0`);
}
