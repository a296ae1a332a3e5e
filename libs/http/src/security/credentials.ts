import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { HEADERS } from '@replog/contracts/http.js';

/** What the caller sends: `x-token`, or else `Authorization: Bearer`. */
export function readCredential(headers: IncomingHttpHeaders): string | null {
  const key = headers[HEADERS.apiKey];
  if (typeof key === 'string' && key !== '') return key;
  return /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}

/**
 * Keys are compared in blocks of this size, so that the time reveals nothing about a usual key, not even its length.
 */
const BLOCK_BYTES = 256;
/** Zeros after the key, so that a longer text cut off at the end of a block never equals it. */
const MIN_PADDING_BYTES = 4;

/**
 * A key and a block of the same size for the text that was sent: both padded with zeros, which no header can hold, and
 * compared in constant time. This is as safe as comparing digests, at a fourth of the cost for every write.
 */
export class SecretKey {
  private readonly key: Buffer;
  private readonly shown: Buffer;

  constructor(key: string) {
    const blocks = Math.ceil((Buffer.byteLength(key) + MIN_PADDING_BYTES) / BLOCK_BYTES);
    this.key = Buffer.alloc(blocks * BLOCK_BYTES);
    this.key.write(key);
    this.shown = Buffer.alloc(this.key.length);
  }

  matches(credential: string): boolean {
    this.shown.fill(0, this.shown.write(credential));
    return timingSafeEqual(this.key, this.shown);
  }
}
