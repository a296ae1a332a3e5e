import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { HEADERS } from '@replog/contracts';

/** What the caller shows: `x-token`, or else `Authorization: Bearer`. */
export function readCredential(headers: IncomingHttpHeaders): string | null {
  const key = headers[HEADERS.apiKey];
  if (typeof key === 'string' && key !== '') return key;
  return /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}

/** Keys are compared by their digests, in a time that tells nothing of the key, not even its length. */
export class SecretKey {
  private readonly digest: Buffer;

  constructor(key: string) {
    this.digest = digestOf(key);
  }

  matches(digest: Buffer): boolean {
    return timingSafeEqual(this.digest, digest);
  }
}

export function digestOf(credential: string): Buffer {
  return hash('sha256', credential, 'buffer');
}
