// The one place where a text becomes code. All such text is written by this room: names and numbers of a definition reach
// it as string literals and numbers only.

/** A function with one parameter, of which `body` is the text. */
export function evaluated(parameter: string, body: string): (argument: unknown) => unknown {
  // oxlint-disable-next-line no-implied-eval, no-new-func
  return new Function(parameter, body) as (argument: unknown) => unknown;
}
