import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Violation, ViolationKind } from '../checkers/history.js';
import type { ChaosWrite } from './load/ledger.js';
import { addRecord, recordOf } from './record.js';
import type { ChaosResult } from './result.js';

const NO_PAUSES = { count: 0, medianMs: null, maxMs: null };

function write(outcome: ChaosWrite['outcome'], seq: number | null): ChaosWrite {
  return { message: outcome, key: null, outcome, seq, beganAt: 1, endedAt: 2, concern: 0, isStrong: false };
}

function violation(kind: ViolationKind): Violation {
  return { kind, nodeId: 'node-1', seq: 1, sentence: kind };
}

function resultWith(changes: Partial<ChaosResult>): ChaosResult {
  const none = { clean: NO_PAUSES, all: NO_PAUSES };
  return {
    plan: { seed: 7, nodes: 5, faultMs: 90_000, writers: 4, partitions: 'namespaces', whyNoNamespaces: null },
    seconds: 100,
    violations: [],
    writes: [],
    statuses: new Map(),
    reads: new Map(),
    tailsResumed: 0,
    tallies: new Map(),
    skipped: [],
    orphaned: 0,
    reappended: 0,
    masters: [],
    pauses: { transfer: none, failover: none },
    trace: [],
    kept: null,
    ...changes,
  };
}

describe('the record of a run', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'replog-record-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('counts writes by outcome, reads, and faults that were done', () => {
    const left = new Map([['there is no master', 3]]);
    const record = recordOf(
      resultWith({
        writes: [write('satisfied', 1), write('pending', 2), write('rejected', null), write('unknown', null)],
        reads: new Map([
          ['local', 5],
          ['majority', 2],
          ['local, not answered', 4],
        ]),
        tallies: new Map([
          ['kill', { done: 2, left: new Map() }],
          ['freeze', { done: 0, left }],
        ]),
      }),
      new Date(0),
    );
    expect(record).toMatchObject({
      date: '1970-01-01T00:00:00.000Z',
      minutes: 1.5,
      writes: { satisfied: 1, pending: 1, rejected: 1, unknown: 1 },
      acknowledged: 2,
      reads: { answered: 7, notAnswered: 4 },
      faults: { freeze: 0, kill: 2 },
    });
  });

  it('sorts violations by what a reader fears', () => {
    const kinds: ViolationKind[] = ['lost-prefix', 'not-kept', 'vanished', 'duplicate', 'divergence', 'died'];
    const { violations } = recordOf(resultWith({ violations: kinds.map(violation) }), new Date(0));
    expect(violations).toEqual({ lost: 3, doubled: 1, diverged: 1, other: 1 });
  });

  it('is added to those before it', () => {
    const path = join(folder, 'evidence', 'chaos.json');
    const [first, second] = [1, 2].map((ms) => recordOf(resultWith({}), new Date(ms)));
    if (first !== undefined) addRecord(path, first);
    if (second !== undefined) addRecord(path, second);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual([first, second]);
  });
});
