import type { Readable } from 'node:stream';

import { bodyTooLarge } from './body-refusals.js';

/**
 * The whole body. `null`: the client disconnected before the end. Rejects with ReplogError MESSAGE_TOO_LARGE as soon as
 * the body is longer than `maxBytes`, and does not read the rest.
 */
export function readWhole(body: Readable, maxBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= maxBytes) return;
      body.off('data', take).pause();
      reject(bodyTooLarge());
    };
    body.on('data', take);
    body.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes)));
    body.once('error', () => undefined);
    body.once('close', () => resolve(null));
  });
}
