/** Anything thrown, as an `Error`: a store fails with a message, whatever a file system throws. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
