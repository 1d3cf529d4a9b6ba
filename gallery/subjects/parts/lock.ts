// A lock: whoever comes first has it, the others wait in turn. It cannot be had twice by one thread.

export interface Lock {
  isTaken(): boolean;
  acquire(): Promise<void>;
  release(): void;
  /** Does the work with the lock. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Those that wait for it. */
  waiting(): number;
}

/** A lock that nobody has. */
export function lock(): Lock {
  let taken = false;
  const waiters: (() => void)[] = [];
  const acquire = async (): Promise<void> => {
    if (taken) await new Promise<void>((wake) => waiters.push(wake));
    taken = true;
  };
  const release = (): void => {
    const next = waiters.shift();
    // It is handed on: nobody who comes in between finds it free.
    if (next === undefined) taken = false;
    else next();
  };
  return {
    isTaken: () => taken,
    acquire,
    release,
    async during(work) {
      await acquire();
      const result = await work();
      release();
      return result;
    },
    waiting: () => waiters.length,
  };
}
