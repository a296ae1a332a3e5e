/**
 * Turns the text of a variable into a value, for `@Transform`. Text that cannot be read becomes `null`, which every
 * validator refuses. Nothing is guessed: `1e3`, `0x10`, ` 2` and `2s` are faults and not numbers.
 */
import type { WriteConcern } from '@replog/contracts/views.js';
import type { TransformFnParams } from 'class-transformer';

const MAX_DELAY_MS = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

type Transformer<Value> = (params: Pick<TransformFnParams, 'value'>) => Value | null;

const fromText =
  <Value>(read: (text: string) => Value | null): Transformer<Value> =>
  ({ value }) =>
    typeof value === 'string' ? read(value) : null;

/** `65536`. */
export const whole = fromText(readWhole);

/** Seconds with up to three decimals, in milliseconds. */
export const seconds = fromText(readSeconds);

/** `65536`, `64KiB`, `64 MiB`. */
export const bytes = fromText((text) => {
  const parts = /^(\d{1,12}) ?(KiB|MiB|GiB)?$/.exec(text);
  return parts ? Number(parts[1]) * (UNITS[parts[2] ?? ''] as number) : null;
});

/** `2`, or `1,5` for a random time between. */
export const delay = fromText((text) => {
  const [minMs = null, maxMs = minMs, ...rest] = text.split(',').map((part) => readSeconds(part.trim()));
  if (minMs === null || maxMs === null || rest.length > 0) return null;
  return minMs <= maxMs && maxMs <= MAX_DELAY_MS ? { minMs, maxMs } : null;
});

/** `true` or `false`. */
export const flag = fromText((text) => (text === 'true' || text === 'false' ? text === 'true' : null));

export const writeConcern = fromText<WriteConcern>((text) =>
  text === 'majority' || text === 'all' ? text : readWhole(text),
);

/** `http://host:port` without path, query or user. */
export const origin = fromText(readOrigin);

/** Any number of them, or `*`. */
export const origins = fromText((text) => {
  const read = text.split(',').map((part) => (part.trim() === '*' ? '*' : readOrigin(part.trim())));
  return read.every((one) => one !== null) ? read : null;
});

/** Any number of addresses. */
export const addresses = fromText((text) => {
  const read = text.split(',').map((part) => readOrigin(part.trim()));
  return read.every((one) => one !== null) ? read : null;
});

/** The same as `origin` without a port, which has its own variable. A bare host name is read as `http://`. */
export const hostUrl = fromText((text) => {
  const url = readOrigin(/^https?:\/\//.test(text) ? text : `http://${text}`);
  return /:\d+\/?$/.test(text) ? null : url;
});

function readWhole(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function readSeconds(text: string): number | null {
  return /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Math.round(Number(text) * 1000) : null;
}

function readOrigin(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlain =
    url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  return isPlain && /^https?:$/.test(url.protocol) ? url.origin : null;
}
