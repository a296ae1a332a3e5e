import type { IncomingMessage } from 'node:http';

/**
 * Calls back once with the whole body, of which there are `bytes`. A client that goes away before is never heard of
 * again: nothing of what it sent was taken.
 */
export function readBody(request: IncomingMessage, bytes: number, whole: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let received = 0;
  request.on('data', (chunk: Buffer) => {
    received += chunk.length;
    chunks.push(chunk);
    if (received === bytes) whole(chunks.length === 1 ? chunk : Buffer.concat(chunks, bytes));
  });
}
