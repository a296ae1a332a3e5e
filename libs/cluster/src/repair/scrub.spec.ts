import { LOG_START } from '@replog/contracts/record.js';
import type { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import { messagesAfter } from '@replog/log-store/testing/records.js';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { Scrub } from './scrub.js';

const KIB = 1024;
const RATE = 256 * KIB;
/** The rest after a pass, at that rate. */
const REST_MS = 256_000;

describe('the scrub', () => {
  let clock: VirtualClock;
  let metrics: NodeMetrics;
  let log: MemoryLogStore;
  let block: Buffer;
  let reported: CorruptRecordError[];
  let checkedBytes: number;

  beforeEach(async () => {
    clock = new VirtualClock();
    metrics = new NodeMetrics();
    log = new MemoryLogStore();
    block = messagesAfter(LOG_START, 1000, { payloadBytes: KIB - 60 });
    log.append(block);
    await log.whenDurable(1000);
    reported = [];
    checkedBytes = 0;
  });

  function scrub(bytesPerSecond = RATE): Scrub {
    const counting = {
      get firstIndex() {
        return log.firstIndex;
      },
      get durable() {
        return log.durable;
      },
      verify: async (fromIndex: number, options: { maxBytes: number }) => {
        const checked = await log.verify(fromIndex, options);
        checkedBytes += checked.bytes;
        return checked;
      },
    };
    const damage = { report: (error: CorruptRecordError) => void reported.push(error) };
    const ports = { log: counting, clock, damage, metrics, logger: pino({ level: 'silent' }) };
    const scrub = new Scrub(ports, bytesPerSecond);
    scrub.start();
    return scrub;
  }

  /** The value of a metric without labels. */
  async function metric(name: string): Promise<number> {
    return Number(new RegExp(`^${name} (.+)$`, 'm').exec(await metrics.text())?.[1]);
  }

  /** Flips a bit in the middle of the log. The store keeps the same buffer that it was given. */
  function flip(): void {
    const at = block.length >> 1;
    block.writeUInt8(block.readUInt8(at) ^ 1, at);
  }

  it('reads at its rate', async () => {
    const running = scrub();
    await clock.run(2000);
    expect(checkedBytes).toBeGreaterThan(2 * RATE - 128 * KIB);
    expect(checkedBytes).toBeLessThanOrEqual(2 * RATE + 128 * KIB);
    expect(await metric('replog_scrub_position_index')).toBeGreaterThan(500);
    expect(await metric('replog_scrub_passes_total')).toBe(0);
    await running.stop();
  });

  it('reads to the end, rests, and then also reads what was added meanwhile', async () => {
    const running = scrub();
    await clock.run(10_000);
    expect(checkedBytes).toBe(block.length);
    expect(await metric('replog_scrub_passes_total')).toBe(1);
    expect(await metric('replog_scrub_position_index')).toBe(1);
    log.append(messagesAfter(log.last, 10));
    await clock.run(REST_MS + 10_000);
    expect(checkedBytes).toBe(2 * block.length + log.stats.syncedBytes - block.length);
    expect(await metric('replog_scrub_passes_total')).toBe(2);
    await running.stop();
  });

  it('ends a pass at the end that the log had at its start, however fast the log grows', async () => {
    const running = scrub();
    await clock.run(0);
    log.append(messagesAfter(log.last, 10_000, { payloadBytes: KIB }));
    await clock.run(5000);
    expect(await metric('replog_scrub_passes_total')).toBe(1);
    await running.stop();
  });

  it('reports a damaged record once, and goes on when it is repaired', async () => {
    const running = scrub();
    flip();
    await clock.run(2 * REST_MS);
    expect(reported).toHaveLength(1);
    const [damage] = reported as [CorruptRecordError];
    expect(await metric('replog_scrub_damaged_total')).toBe(1);
    expect(await metric('replog_scrub_position_index')).toBe(damage.index);
    flip();
    await clock.run(REST_MS + 5000);
    expect(await metric('replog_scrub_passes_total')).toBe(1);
    flip();
    await clock.run(2 * REST_MS);
    expect(reported.map(({ index }) => index)).toEqual([damage.index, damage.index]);
    expect(await metric('replog_scrub_damaged_total')).toBe(2);
    await running.stop();
  });

  it('goes on after the log was cut before its position', async () => {
    const running = scrub();
    await clock.run(3000);
    await log.quarantineFrom(10);
    await clock.run(500);
    expect(await metric('replog_scrub_passes_total')).toBe(1);
    await clock.run(2 * REST_MS);
    expect(await metric('replog_scrub_passes_total')).toBe(3);
    expect(reported).toEqual([]);
    await running.stop();
  });

  it('skips an empty log, and tries again if the log cannot be read', async () => {
    log = new MemoryLogStore();
    const running = scrub();
    await clock.run(REST_MS);
    expect(await metric('replog_scrub_passes_total')).toBe(2);
    log.append(messagesAfter(LOG_START, 1));
    const { verify } = log;
    log.verify = () => Promise.reject(new Error('EIO'));
    await clock.run(REST_MS);
    expect(await metric('replog_scrub_passes_total')).toBe(2);
    log.verify = verify;
    await clock.run(REST_MS);
    expect(await metric('replog_scrub_passes_total')).toBe(3);
    expect(reported).toEqual([]);
    await running.stop();
  });

  it('reads nothing at a rate of 0, and nothing after it was stopped', async () => {
    const off = scrub(0);
    await clock.run(REST_MS);
    expect([checkedBytes, clock.pending]).toEqual([0, 0]);
    await off.stop();
    const running = scrub();
    await clock.run(1000);
    await running.stop();
    const { pending } = clock;
    const before = checkedBytes;
    await clock.run(REST_MS);
    expect([pending, checkedBytes]).toEqual([0, before]);
  });
});
