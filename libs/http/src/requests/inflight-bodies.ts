/**
 * The bodies that are being read, and the messages that are passed on to the master: what this node has of them stays
 * under MAX_INFLIGHT_BYTES, however many clients send at once and whether or not they said how much.
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

  /** For a reader that holds `own` bytes of its body already, and gives them back with `release`. Throws OVERLOADED. */
  hold(bytes: number, own: number): void {
    this.requireRoom(bytes, own);
    this.heldBytes += bytes;
  }

  release(bytes: number): void {
    this.heldBytes -= bytes;
  }

  /**
   * Runs `read`, which says how much more it holds with `add`: throws OVERLOADED where that is too much. What it held is let
   * go of when it has ended.
   */
  async holding<Result>(read: (add: (bytes: number) => void) => Promise<Result>): Promise<Result> {
    let held = 0;
    const add = (bytes: number): void => {
      this.hold(bytes, held);
      held += bytes;
    };
    try {
      return await read(add);
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
      `Bodies of ${this.heldBytes} bytes are held already, and MAX_INFLIGHT_BYTES is ${maxInflightBytes}. ` +
        'Nothing was appended: try again shortly, or send less at a time.',
      { retryAfterS: 1 },
    );
  }
}
