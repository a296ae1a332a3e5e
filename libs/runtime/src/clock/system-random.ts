import { randomUUID } from 'node:crypto';

import type { Random } from '@replog/contracts/ports.js';

/** The random generators of the machine. */
export class SystemRandom implements Random {
  next(): number {
    return Math.random();
  }

  uuid(): string {
    return randomUUID();
  }
}
