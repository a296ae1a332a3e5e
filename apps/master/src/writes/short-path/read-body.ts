import type { IncomingMessage } from 'node:http';

export interface ChunkReader {
  /** Each as it comes. What it throws ends the reading, and goes to `failed`. */
  chunk(chunk: Buffer): void;
  /** After the last. */
  end(): void;
  failed(error: unknown): void;
  /** Nothing more comes: after the end, a failure, or because the client has gone away. */
  closed(): void;
}

/** Hands on a body, of which there are `bytes`, chunk by chunk. */
export function readChunks(request: IncomingMessage, bytes: number, reader: ChunkReader): void {
  let received = 0;
  const take = (chunk: Buffer): void => {
    received += chunk.length;
    try {
      reader.chunk(chunk);
    } catch (error) {
      request.off('data', take);
      request.pause();
      reader.failed(error);
      return;
    }
    if (received === bytes) reader.end();
  };
  request.on('data', take);
  request.once('close', () => reader.closed());
}

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
