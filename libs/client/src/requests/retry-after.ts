/** How long a node asks to be left alone: `Retry-After` in seconds or as a date. 0 without it. */
export function retryAfterMs(header: string | null, wallMs: number): number {
  if (header === null || header.trim() === '') return 0;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? 0 : Math.max(0, dateMs - wallMs);
}
