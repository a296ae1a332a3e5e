import { ReplogError } from '@replog/contracts/errors.js';
import { describe, expect, it } from 'vitest';

import { createLogger } from '@replog/runtime/logging/logger.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { RefusedNodes } from './refused-nodes.js';

function levelsOf(told: (refused: RefusedNodes) => void): string[] {
  const levels: string[] = [];
  const write = (line: string): void => void levels.push((JSON.parse(line) as { level: string }).level);
  told(new RefusedNodes(createLogger(testConfig({ LOG_LEVEL: 'debug' }), { write })));
  return levels;
}

const stale = (epoch: number): ReplogError => new ReplogError('STALE_EPOCH', `Epoch ${epoch} is over.`);

describe('a node that is refused', () => {
  it('is logged once, and again when something changes', () => {
    const levels = levelsOf((refused) => {
      refused.note('m1', 'POST /replication/ping', stale(1));
      refused.note('m1', 'POST /replication/ping', stale(1));
      refused.note('m1', 'POST /replication/ping', stale(2));
    });
    expect(levels).toEqual(['warn', 'debug', 'warn']);
  });

  it('is not logged if there is no conflict between nodes', () => {
    const levels = levelsOf((refused) => {
      refused.note('m1', 'POST /register', new ReplogError('NOT_MASTER', 'Elsewhere.'));
      refused.note(undefined, 'POST /cluster/promote', new ReplogError('NO_MAJORITY', 'Alone.'));
    });
    expect(levels).toEqual([]);
  });
});
