/**
 * The bodies of batches that are being read. Together with the bytes that wait for the disk they stay under
 * MAX_INFLIGHT_BYTES, for any number of clients, with or without a Content-Length.
 */
import { Inject, Injectable } from '@nestjs/common';
import { ReplogError } from '@replog/contracts/errors.js';
import { NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';

@Injectable()
export class InflightBodies {
  private heldBytes = 0;

  constructor(@Inject(NODE_CONFIG) private readonly config: Pick<NodeConfig, 'maxInflightBytes'>) {}

  get bytes(): number {
    return this.heldBytes;
  }

  /** Runs `read` over the chunks of `body` and counts their bytes meanwhile. Throws OVERLOADED if they are too many. */
  async holding<Result>(
    body: AsyncIterable<Buffer>,
    read: (chunks: AsyncIterable<Buffer>) => Promise<Result>,
  ): Promise<Result> {
    let held = 0;
    const add = ({ length }: Buffer): void => {
      this.requireRoom(length, held);
      held += length;
      this.heldBytes += length;
    };
    try {
      return await read(counted(body, add));
    } finally {
      this.heldBytes -= held;
    }
  }

  /** A body that is too large alone is not OVERLOADED: its reader refuses it as BATCH_TOO_LARGE. */
  private requireRoom(bytes: number, own: number): void {
    const { maxInflightBytes } = this.config;
    if (this.heldBytes + bytes <= maxInflightBytes || this.heldBytes === own) return;
    throw new ReplogError(
      'OVERLOADED',
      `Batches of ${this.heldBytes} bytes are already being read, and MAX_INFLIGHT_BYTES is ${maxInflightBytes}. ` +
        'Nothing was appended: try again shortly, or send smaller batches.',
      { retryAfterS: 1 },
    );
  }
}

/** Leaves `body` open if the reader stops early: ending a request's own iterator destroys its socket before the answer. */
function counted(body: AsyncIterable<Buffer>, count: (chunk: Buffer) => void): AsyncIterable<Buffer> {
  const chunks = body[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const step = await chunks.next();
        if (step.done !== true) count(step.value);
        return step;
      },
    }),
  };
}
