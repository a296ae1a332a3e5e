/** Bodies as they come, by events: the iterator of a stream costs a batch more than its reading. */
import type { Readable } from 'node:stream';

import { bodyTooLarge } from './body-refusals.js';
import type { InflightBodies } from './inflight-bodies.js';

/**
 * Hands on each chunk. Resolves to `false` where the client went away before its body was whole. What `take` throws ends the
 * reading: the promise rejects with it, and the rest stays unread on a stream that is left open, so that it can be answered.
 */
export function readChunks(body: Readable, take: (chunk: Buffer) => void): Promise<boolean> {
  if (body.destroyed && !body.readableEnded) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      try {
        take(chunk);
      } catch (error) {
        body.off('data', onData).pause();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    body.on('data', onData);
    body.once('end', () => resolve(true));
    // Nobody to tell: the client is gone.
    body.once('error', () => resolve(false));
    body.once('close', () => resolve(false));
  });
}

/**
 * The whole body; `null` as `false` above. Rejects with ReplogError MESSAGE_TOO_LARGE as soon as it is longer than
 * `maxBytes`, and OVERLOADED if too much is being read.
 */
export function readWhole(body: Readable, maxBytes: number, inflight: InflightBodies): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return inflight.holding(async (hold) => {
    const isWhole = await readChunks(body, (chunk) => {
      bytes += chunk.length;
      if (bytes > maxBytes) throw bodyTooLarge();
      hold(chunk.length);
      chunks.push(chunk);
    });
    if (!isWhole) return null;
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes);
  });
}
