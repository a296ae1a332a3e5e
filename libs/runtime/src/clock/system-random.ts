import { randomUUID } from 'node:crypto';

import type { Random } from '@replog/contracts/ports.js';

/** The machine's generators. */
export class SystemRandom implements Random {
  next(): number {
    return Math.random();
  }

  uuid(): string {
    return randomUUID();
  }
}
