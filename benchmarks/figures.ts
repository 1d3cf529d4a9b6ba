// What benchmarks have in common: medians of rounds, and figures as people read them.

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The median of what `round` answers, after a first round that is not counted. */
export function medianOf(rounds: number, round: (index: number) => number): number {
  round(0);
  return median(Array.from({ length: rounds }, (_, i) => round(i + 1)));
}

/** Milliseconds that the work takes. */
export function milliseconds(work: () => void): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}

/** Nanoseconds that one of `count` pieces of the work takes. */
export function nanosecondsEach(count: number, work: () => void): number {
  return (milliseconds(work) * 1e6) / count;
}

export const figure = (value: number): string => Math.round(value).toLocaleString("en");
