/** Everything that comes in from outside: time, chance and the network. Specs put their own in its place. */
export interface Surroundings {
  /** Of a clock that never steps. */
  nowMs(): number;
  /** Of the wall clock. */
  dateMs(): number;
  /** From 0 to below 1. */
  random(): number;
  /** Calls `run` later. Answers what cancels it. */
  after(ms: number, run: () => void): () => void;
  readonly fetch: typeof fetch;
}

export const REAL: Surroundings = {
  nowMs: () => performance.now(),
  dateMs: () => Date.now(),
  random: () => Math.random(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  fetch: (input, init) => globalThis.fetch(input, init),
};

/** Resolves after `ms`; rejects with the reason of the signal as soon as it is aborted. */
export function sleep(ms: number, signal: AbortSignal | undefined, { after }: Surroundings): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const cancel = after(ms, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    const abort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}
