/** The last time formatted: thousands of writes a second share their milliseconds. */
let known = { wallMs: 0, text: new Date(0).toISOString() };

/** A time as every answer shows it: ISO 8601, UTC, milliseconds. */
export function isoTime(wallMs: number): string {
  if (known.wallMs !== wallMs) known = { wallMs, text: new Date(wallMs).toISOString() };
  return known.text;
}
