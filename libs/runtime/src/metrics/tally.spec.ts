import { Counter, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';

import { Tally } from './tally.js';

describe('a tally', () => {
  it('adds what was counted since the last read, by its labels', async () => {
    const registry = new Registry();
    const counter = new Counter({ name: 'writes_total', help: '.', labelNames: ['outcome'], registers: [registry] });
    const tally = new Tally(counter);
    const count = (outcome: string, times: number): void => tally.add(outcome, () => ({ outcome }), times);
    count('satisfied', 1);
    count('satisfied', 2);
    count('pending', 1);
    tally.handIn();
    count('pending', 4);
    tally.handIn();
    tally.handIn();
    const text = await registry.metrics();
    expect(text).toContain('writes_total{outcome="satisfied"} 3');
    expect(text).toContain('writes_total{outcome="pending"} 5');
  });
});
