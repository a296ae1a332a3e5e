/**
 * The bodies of batches that are being read: together with what waits for the disk they stay under MAX_INFLIGHT_BYTES,
 * however many clients send at once and whether or not they said how much.
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

  /** Runs `read` over the chunks of `body`, counted while they are held. Throws OVERLOADED where they are too many. */
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

  /** A body that is too large all by itself is refused by whoever reads it, and for good. */
  private requireRoom(bytes: number, own: number): void {
    const { maxInflightBytes } = this.config;
    if (this.heldBytes + bytes <= maxInflightBytes || this.heldBytes === own) return;
    throw new ReplogError(
      'OVERLOADED',
      `Batches of ${this.heldBytes} bytes are being read already, and MAX_INFLIGHT_BYTES is ${maxInflightBytes}. ` +
        'Nothing was appended: try again shortly, or send smaller batches.',
      { retryAfterS: 1 },
    );
  }
}

/** Ended early, it leaves `body` open: ending a request's own iterator would destroy its socket before the answer. */
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
