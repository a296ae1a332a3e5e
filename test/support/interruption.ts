/** Ends a long run in order when a signal ends the process. */
export function abortedBySignals(reasonFor: (signal: string) => Error): AbortController {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => controller.abort(reasonFor(signal)));
  }
  return controller;
}

/** Settles like `work`, or rejects as soon as `signal` is aborted. It does not wait for `work` then. */
export async function unlessAborted<Result>(
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  if (signal === undefined) return work();
  signal.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([work(), aborted]);
}
