import { LOG_START } from '@replog/contracts/record.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import { messagesAfter } from '@replog/log-store/testing/records.js';
import { PeerError } from '@replog/cluster/peers/transport.port.js';
import { createLogger } from '@replog/runtime/logging/logger.js';
import { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import { SeededRandom } from '@replog/runtime/testing/seeded-random.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SecondaryEntry } from '../registry/secondary-entry.js';
import { ChainComparison } from './chain-comparison.js';

const COMMITTED = 100;

class Secondary {
  readonly log = new MemoryLogStore();
  readonly peer: { nodeId: string; incarnation: string; url: string };
  readonly reopened: string[] = [];
  differsFrom: number | null = null;
  state = 'streaming';
  acknowledged = 120;
  committed = COMMITTED;
  isGone = false;

  constructor(readonly nodeId: string) {
    this.peer = { nodeId, incarnation: 'first', url: `http://${nodeId}` };
  }

  readonly link = ((owner: Secondary) => ({
    get state() {
      return owner.state;
    },
    reopen: (reason: string) => void owner.reopened.push(reason),
  }))(this);

  /** Gives it the master's first `common` records and `others` of its own. */
  hold(common: number, others: number): void {
    if (common > 0) this.log.append(messagesAfter(LOG_START, common));
    if (others > 0) this.log.append(messagesAfter(this.log.last, others, { payloadBytes: 100 }));
  }
}

describe('the comparison of chains', () => {
  let log: MemoryLogStore;
  let metrics: NodeMetrics;
  let lines: string[];
  let damaged: CorruptRecordError[];
  let asked: string[];

  beforeEach(() => {
    log = new MemoryLogStore();
    log.append(messagesAfter(LOG_START, 150));
    metrics = new NodeMetrics();
    lines = [];
    damaged = [];
    asked = [];
  });

  function comparison(...secondaries: Secondary[]): ChainComparison {
    const at = (url: string): Secondary => {
      const found = secondaries.find(({ peer }) => peer.url === url);
      asked.push(url);
      if (found === undefined || found.isGone) throw new PeerError(`nobody answers at ${url}`);
      return found;
    };
    const transport: Partial<Transport> = {
      position: async (url, index) => at(url).log.positionAt(index),
      status: async (url) =>
        Promise.resolve({ committed: at(url).committed } as Awaited<ReturnType<Transport['status']>>),
    };
    const node: Partial<LocalNode> = { store: log, committed: COMMITTED };
    const logger = createLogger(testConfig({ LOG_LEVEL: 'info' }), { write: (line) => void lines.push(line) });
    const ports = {
      ...{ node: node as LocalNode, transport: transport as Transport, random: new SeededRandom(7) },
      ...{ config: testConfig(), logger, metrics },
      damage: { report: (error: CorruptRecordError) => void damaged.push(error) },
    };
    return new ChainComparison(
      ports,
      { entries: secondaries as unknown as SecondaryEntry[] },
      { acknowledgedBy: ({ nodeId }) => secondaries.find((one) => one.nodeId === nodeId)?.acknowledged ?? 0 },
    );
  }

  async function differences(): Promise<number> {
    return Number(/^replog_chain_differences_total (\d+)$/m.exec(await metrics.text())?.[1]);
  }

  it('reports nothing for equal logs, a shorter one, and one that differs only after its acknowledged records', async () => {
    const [equal, shorter, beyond] = ['s1', 's2', 's3'].map((nodeId) => new Secondary(nodeId)) as [
      Secondary,
      Secondary,
      Secondary,
    ];
    equal.hold(150, 0);
    shorter.hold(20, 0);
    beyond.hold(COMMITTED, 30);
    const chains = comparison(equal, shorter, beyond);
    for (let round = 0; round < 9; round++) await chains.compareNext();
    expect([equal, shorter, beyond].map(({ differsFrom }) => differsFrom)).toEqual([null, null, null]);
    expect(await differences()).toBe(0);
    expect(new Set(asked)).toHaveLength(3);
    expect(lines).toEqual([]);
  });

  it('reports the first record that differs once, and keeps the link where the secondary has committed it', async () => {
    const secondary = new Secondary('s1');
    secondary.hold(63, 60);
    const chains = comparison(secondary);
    for (let round = 0; round < 3; round++) await chains.compareNext();
    expect(secondary.differsFrom).toBe(64);
    expect(await differences()).toBe(1);
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 'error', secondary: 's1', index: 64, msg: 's1 and this master hold different records from 64 on' },
    ]);
    expect(secondary.reopened).toEqual([]);
  });

  it('reopens the link where the secondary has not committed the differing records, and reports when the logs are equal', async () => {
    const secondary = new Secondary('s1');
    secondary.hold(63, 60);
    secondary.committed = 40;
    const chains = comparison(secondary);
    await chains.compareNext();
    expect(secondary.reopened).toEqual(['the logs differ from record 64 on']);
    await secondary.log.setAsideAfter(63, { epoch: 1, master: 'm1' });
    const missing = await log.read(64, { maxBytes: Infinity });
    secondary.log.append(Buffer.from(missing));
    await chains.compareNext();
    expect(secondary.differsFrom).toBeNull();
    expect(lines.at(-1)).toContain('s1 holds the same records as this master again');
    expect(await differences()).toBe(1);
  });

  it('skips a secondary that has acknowledged nothing, is not streaming, or does not answer', async () => {
    const [fresh, away, gone] = ['s1', 's2', 's3'].map((nodeId) => new Secondary(nodeId)) as [
      Secondary,
      Secondary,
      Secondary,
    ];
    fresh.acknowledged = 0;
    away.state = 'backing off';
    gone.isGone = true;
    for (const secondary of [fresh, away, gone]) secondary.hold(0, 130);
    const chains = comparison(fresh, away, gone);
    for (let round = 0; round < 6; round++) await chains.compareNext();
    expect([fresh, away, gone].map(({ differsFrom }) => differsFrom)).toEqual([null, null, null]);
    expect(lines).toEqual([]);
    await comparison().compareNext();
  });

  it('reports a damaged record of its own log, and compares nothing after the term ends', async () => {
    const secondary = new Secondary('s1');
    secondary.hold(150, 0);
    const chains = comparison(secondary);
    const damage = new CorruptRecordError('segment', 5, 0, 'crc');
    log.positionAt = () => Promise.reject(damage);
    await chains.compareNext();
    expect(damaged).toEqual([damage]);
    const before = asked.length;
    chains.end();
    await chains.ended;
    await chains.compareNext();
    expect(asked).toHaveLength(before);
  });
});
