/**
 * How the text of a variable becomes a value. Each of these answers `undefined` for what it cannot read, and never
 * guesses: `1e3`, `0x10`, ` 2` and `2s` are faults, not numbers.
 */
import type { WriteConcern } from '@replog/contracts/views.js';

const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

export function parseWhole(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export function parseSeconds(text: string): number | undefined {
  return /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Math.round(Number(text) * 1000) : undefined;
}

/** `65536`, `64KiB`, `64 MiB`. */
export function parseBytes(text: string): number | undefined {
  const parts = /^(\d{1,12}) ?(KiB|MiB|GiB)?$/.exec(text);
  return parts ? Number(parts[1]) * (UNITS[parts[2] ?? ''] as number) : undefined;
}

/** `2`, or `1,5` for a random time between. */
export function parseDelay(text: string): { minMs: number; maxMs: number } | undefined {
  const [from, to, ...rest] = text.split(',').map((part) => parseSeconds(part.trim()));
  if (from === undefined || rest.length > 0) return undefined;
  if (!text.includes(',')) return { minMs: from, maxMs: from };
  return to === undefined ? undefined : { minMs: from, maxMs: to };
}

export function parseConcern(text: string): WriteConcern | undefined {
  return text === 'majority' || text === 'all' ? text : parseWhole(text);
}

/** A bare host name is read as `http://`; a port or path has its own place. */
export function parseHostUrl(text: string): string | undefined {
  const url = parseOrigin(/^https?:\/\//.test(text) ? text : `http://${text}`);
  if (url === undefined || /:\d+$/.test(text.replace(/\/$/, ''))) return undefined;
  return url;
}

/** `http://host:port` without path, query or user. */
export function parseOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  return isPlain && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}
