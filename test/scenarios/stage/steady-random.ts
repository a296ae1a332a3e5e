/**
 * Steady random values. A story needs times that differ a little, so that no tie decides anything, and identities that
 * differ at all. Each value is a tiny step above the last.
 */
import type { Random } from '@replog/contracts/ports.js';
import { SeededRandom } from '@replog/runtime/testing/seeded-random.js';

const STEP = 1e-6;

export class SteadyRandom implements Random {
  private draws = 0;

  constructor(private readonly from: number) {}

  next(): number {
    this.draws += 1;
    return this.from + this.draws * STEP;
  }

  uuid(): string {
    return new SeededRandom(Math.floor(this.next() * 2 ** 32)).uuid();
  }
}
