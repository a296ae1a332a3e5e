import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { LOG_START, eachRecord, recordIndex, recordPosition } from '@replog/contracts/record.js';
import type { LogPosition } from '@replog/contracts/record.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messagesAfter } from '../testing/records.js';
import { RecordRing } from './record-ring.js';

function endOf(block: Buffer): LogPosition {
  let last = LOG_START;
  let at = 0;
  for (const { length } of eachRecord(block)) {
    last = recordPosition(block, at);
    at += length;
  }
  return last;
}

describe('ring of recent records', () => {
  it('returns whole records from any index it has, within the bounds, and evicts nothing that is not durable', () => {
    const blockSizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 30 });
    const bound = fc.integer({ min: 1, max: 3000 });
    fc.assert(
      fc.property(blockSizes, bound, bound, fc.integer({ min: 0, max: 100 }), (sizes, ringBytes, maxBytes, durable) => {
        const ring = new RecordRing(LOG_START);
        for (const size of sizes) {
          const block = messagesAfter(ring.last, size);
          ring.push(block, endOf(block));
          ring.evict(ringBytes, durable);
        }
        const { index: last } = ring.last;
        const first = ring.before.index + 1;
        expect(first).toBeLessThanOrEqual(durable + 1);
        for (let from = 1; from <= last + 1; from++) {
          const bytes = ring.read(from, { maxBytes, upTo: last - 1 });
          if (from < first) expect(bytes).toBeNull();
          else if (from > last - 1) expect(bytes).toHaveLength(0);
          else {
            const indexes = [...eachRecord(bytes as Buffer)].map(({ index }) => index);
            expect(indexes).toEqual(indexes.map((_, place) => from + place));
            expect(indexes.length > 1 ? (bytes as Buffer).length : 0).toBeLessThanOrEqual(maxBytes);
            expect(recordIndex(bytes as Buffer, 0)).toBe(from);
          }
        }
        for (let seq = 0; seq <= last + 1; seq++) {
          expect(ring.indexOf(seq)).toBe(seq >= first && seq <= last ? seq : null);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('returns large and small blocks in their order, and evicts them one by one', () => {
    const sizes = fc.array(fc.constantFrom(1, 2, 3, 50, 90), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 200_000 }), (counts, ringBytes) => {
        const ring = new RecordRing(LOG_START);
        const blocks: Buffer[] = [];
        for (const count of counts) {
          const block = messagesAfter(ring.last, count, { payloadBytes: 150 });
          blocks.push(Buffer.from(block));
          ring.push(block, endOf(block));
          ring.evict(ringBytes, Infinity);
          expect(ring.bytes).toBeLessThanOrEqual(ringBytes);
        }
        const held = ring.read(ring.before.index + 1, { maxBytes: Infinity }) as Buffer;
        const all = Buffer.concat(blocks);
        expect(held.equals(all.subarray(all.length - held.length))).toBe(true);
        expect(held).toHaveLength(ring.bytes);
      }),
      { numRuns: 50 },
    );
  });

  it('stays within its bytes, however many blocks go through it', () => {
    const ring = new RecordRing(LOG_START);
    for (let count = 0; count < 5000; count++) {
      const block = messagesAfter(ring.last, 1);
      ring.push(block, endOf(block));
      ring.evict(1000, Infinity);
    }
    expect(ring.bytes).toBeLessThanOrEqual(1000);
    expect(ring.read(ring.before.index + 1, { maxBytes: Infinity })).toHaveLength(ring.bytes);
  });

  it('compacts its slots after very many evictions', () => {
    const ring = new RecordRing(LOG_START);
    const blockBytes = 20_000;
    for (let count = 0; count < 1_200; count++) {
      const block = messagesAfter(ring.last, 1, { payloadBytes: blockBytes });
      ring.push(block, recordPosition(block, 0));
      ring.evict(10 * blockBytes, ring.last.index);
    }
    expect(ring.bytes).toBeLessThanOrEqual(10 * blockBytes);
    for (let index = ring.before.index + 1; index <= 1_200; index++) {
      expect([...eachRecord(ring.read(index, { maxBytes: 1 }) as Buffer)]).toMatchObject([{ index }]);
    }
    expect(ring.read(ring.before.index, { maxBytes: 1 })).toBeNull();
  });

  it('does not keep the memory of evicted blocks, even if they are few and large', async () => {
    const ring = new RecordRing(LOG_START);
    const pushed: WeakRef<ArrayBufferLike>[] = [];
    for (let count = 0; count < 20; count++) {
      const block = messagesAfter(ring.last, 2, { payloadBytes: 10_000 });
      ring.push(block, endOf(block));
      pushed.push(new WeakRef(block.buffer));
      ring.evict(3 * block.length, ring.last.index);
    }
    await collectGarbage();
    expect(pushed.filter((memory) => memory.deref() !== undefined)).toHaveLength(3);
    expect(ring.read(ring.before.index + 1, { maxBytes: 1e6 })).toHaveLength(ring.bytes);
  });
});

async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // The target of a new WeakRef stays alive until the end of this turn.
  await new Promise(setImmediate);
  collect();
}
