/** What was thrown, as an error: a store ends with a reason that has a message, whatever a file system threw. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
