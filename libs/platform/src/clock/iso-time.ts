/** A moment as every answer shows it: ISO 8601, UTC, milliseconds. */
export function isoTime(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
