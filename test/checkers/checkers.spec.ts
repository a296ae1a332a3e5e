import type { MessageView } from '@replog/contracts/views.js';
import { describe, expect, it } from 'vitest';
import { findTornBatches } from './batches.js';
import { checkHistory } from './check-history.js';
import { identityOf } from './history.js';
import { findNotKept } from './kept.js';
import { findVanished } from './reads.js';
import type { History, NodeLog, ViolationKind, Write } from './history.js';

const NODES = ['master', 'secondary-1', 'secondary-2'];

function write(number: number, changes: Partial<Write> = {}): Write {
  return {
    message: `m${number}`,
    key: null,
    outcome: 'satisfied',
    seq: number,
    beganAt: number * 10,
    endedAt: number * 10 + 5,
    ...changes,
  };
}

function view(seq: number, message: unknown = `m${seq}`): MessageView {
  return { seq, epoch: 1, timestamp: '2026-01-01T00:00:00.000Z', key: null, message };
}

/** Numbers messages anew, as a node would that never had what is missing. */
function numbered(messages: readonly unknown[]): MessageView[] {
  return messages.map((message, place) => view(place + 1, message));
}

const WRITES = Array.from({ length: 9 }, (_, place) => write(place + 1));
const MESSAGES = WRITES.map(({ message }) => message);

function everywhere(messages: readonly MessageView[]): NodeLog[] {
  return NODES.map((nodeId) => ({ nodeId, messages }));
}

/** The good logs, but for what one node has. */
function withOdd(messages: readonly MessageView[]): NodeLog[] {
  const [first, second] = everywhere(numbered(MESSAGES)) as [NodeLog, NodeLog];
  return [first, second, { nodeId: 'secondary-2', messages }];
}

function kindsOf(logs: readonly NodeLog[], writes: readonly Write[] = WRITES): ViolationKind[] {
  const history: History = { writes, logs };
  return [...new Set(checkHistory(history).map(({ kind }) => kind))].sort();
}

describe('checkers', () => {
  it('find nothing wrong where nothing is: overlapping writes may stand either way, unanswered ones be there or not', () => {
    expect(kindsOf(everywhere(numbered(MESSAGES)))).toEqual([]);
    const overlapping = [write(1, { beganAt: 1, endedAt: 9, seq: 2 }), write(2, { beganAt: 2, endedAt: 8, seq: 1 })];
    expect(kindsOf(everywhere(numbered(['m2', 'm1'])), overlapping)).toEqual([]);
    const unanswered = [
      ...WRITES,
      write(10, { outcome: 'unknown', seq: null, beganAt: 1, endedAt: 200 }),
      write(11, { outcome: 'rejected', seq: null }),
    ];
    expect(kindsOf(everywhere(numbered(MESSAGES)), unanswered)).toEqual([]);
    expect(kindsOf(everywhere(numbered([...MESSAGES, 'm10'])), unanswered)).toEqual([]);
    expect(kindsOf([], [])).toEqual([]);
  });

  it.each<[string, readonly NodeLog[], readonly ViolationKind[]]>([
    ['a lost prefix, the rest moved up', everywhere(numbered(MESSAGES.slice(2))), ['lost-prefix', 'misplaced']],
    ['a lost prefix, seen as a gap', everywhere(numbered(MESSAGES).slice(2)), ['gap', 'lost-prefix']],
    [
      'a lost middle, the rest moved up',
      everywhere(numbered([...MESSAGES.slice(0, 3), ...MESSAGES.slice(5)])),
      ['lost-middle', 'misplaced'],
    ],
    [
      'a lost middle, seen as a gap',
      everywhere(numbered(MESSAGES).filter(({ seq }) => seq !== 5)),
      ['gap', 'lost-middle'],
    ],
    ['a lost postfix', everywhere(numbered(MESSAGES.slice(0, 7))), ['lost-postfix']],
    ['a lost postfix on one node', withOdd(numbered(MESSAGES.slice(0, 7))), ['behind', 'lost-postfix']],
    ['everything lost', everywhere([]), ['lost-prefix']],
    ['a duplicate at the end', everywhere(numbered([...MESSAGES, 'm4'])), ['duplicate', 'misplaced', 'reorder']],
    [
      'a duplicate on one node in the middle',
      withOdd(numbered([...MESSAGES.slice(0, 5), 'm5', ...MESSAGES.slice(5)])),
      ['behind', 'divergence', 'duplicate', 'misplaced'],
    ],
    [
      'two messages swapped everywhere',
      everywhere(numbered(['m2', 'm1', ...MESSAGES.slice(2)])),
      ['misplaced', 'reorder'],
    ],
    [
      'two messages swapped on one node',
      withOdd(numbered(['m2', 'm1', ...MESSAGES.slice(2)])),
      ['divergence', 'misplaced', 'reorder'],
    ],
    [
      'another message on one node',
      withOdd(numbered([...MESSAGES.slice(0, 8), 'other'])),
      ['divergence', 'lost-postfix', 'phantom'],
    ],
    [
      'another epoch on one node',
      withOdd(numbered(MESSAGES).map((message) => (message.seq === 9 ? { ...message, epoch: 2 } : message))),
      ['divergence'],
    ],
    [
      'a hole in the numbers with nothing missing',
      everywhere(numbered(MESSAGES).map((message) => (message.seq === 9 ? { ...message, seq: 10 } : message))),
      ['gap', 'misplaced'],
    ],
    ['a message that nobody wrote', everywhere(numbered([...MESSAGES, 'm99'])), ['phantom']],
  ])('name %s', (_, logs, kinds) => {
    expect(kindsOf(logs)).toEqual(kinds);
  });

  it('name a reorder that no receipt shows: a write without an answer after one that began when it had ended', () => {
    const writes = [write(1), write(2, { outcome: 'unknown', seq: null })];
    expect(kindsOf(everywhere(numbered(['m2', 'm1'])), writes)).toEqual(['misplaced', 'reorder']);
    const silent = writes.map((one) => ({ ...one, outcome: 'unknown' as const, seq: null }));
    expect(kindsOf(everywhere(numbered(['m2', 'm1'])), silent)).toEqual(['reorder']);
  });

  it('name a rejected message that is in a log', () => {
    const writes = [...WRITES, write(10, { outcome: 'rejected', seq: null })];
    expect(kindsOf(everywhere(numbered([...MESSAGES, 'm10'])), writes)).toEqual(['aborted-read']);
  });

  it('miss a pending write like a satisfied one, unless the run says that it could be lost', () => {
    const writes = [...WRITES.slice(0, 8), write(9, { outcome: 'pending' })];
    const logs = everywhere(numbered(MESSAGES.slice(0, 8)));
    expect(kindsOf(logs, writes)).toEqual(['lost-postfix']);
    expect(checkHistory({ writes, logs }, { mustSurvive: ({ outcome }) => outcome === 'satisfied' })).toEqual([]);
  });

  it('look for what was acknowledged by few in the log and among the orphans', () => {
    const [log] = everywhere(numbered(MESSAGES.slice(0, 7))) as [NodeLog];
    const orphans = [{ nodeId: 'secondary-2', messages: [view(8)] }];
    expect(findNotKept(log, [], WRITES).map(({ seq }) => seq)).toEqual([8, 9]);
    expect(findNotKept(log, orphans, WRITES).map(({ seq }) => seq)).toEqual([9]);
    const unanswered = [...WRITES.slice(0, 8), write(9, { outcome: 'unknown', seq: null })];
    expect(findNotKept(log, orphans, unanswered)).toEqual([]);
  });

  it('name what was shown as committed and is gone, or is another message now', () => {
    const [log] = everywhere(numbered(MESSAGES)) as [NodeLog];
    const shown = new Map(log.messages.map((message) => [message.seq, identityOf(message)]));
    expect(findVanished(log, shown)).toEqual([]);
    const short = { ...log, messages: log.messages.slice(0, 8) };
    expect(findVanished(short, shown).map(({ seq }) => seq)).toEqual([9]);
    const other = { ...log, messages: [...short.messages, view(9, 'another')] };
    expect(findVanished(other, shown).map(({ kind, seq }) => [kind, seq])).toEqual([['vanished', 9]]);
  });

  it('name a batch of which a part is there without what came before it, or not in one piece', () => {
    const batch = (key: string | null): Write[] => [3, 4, 5].map((number) => write(number, { key }));
    const tornAt = (messages: readonly string[], key: string | null): number[] =>
      findTornBatches({ nodeId: 'master', messages: numbered(messages) }, [batch(key)]).map(({ seq }) => seq);
    for (const key of [null, 'key']) {
      expect(tornAt(['m1', 'm3', 'm4', 'm5', 'm2'], key)).toEqual([]);
      expect(tornAt(['m1', 'm3', 'm4', 'm2'], key)).toEqual([]);
      expect(tornAt(['m1', 'm2'], key)).toEqual([]);
      expect(tornAt(['m1', 'm3', 'm5', 'm2'], key)).toEqual([3]);
      expect(tornAt(['m4', 'm5'], key)).toEqual([1]);
      expect(tornAt(['m4', 'm3', 'm5'], key)).toEqual([1]);
    }
    expect(tornAt(['m3', 'm1', 'm4', 'm5'], null)).toEqual([3]);
    expect(tornAt(['m3', 'm1', 'm4', 'm5'], 'key')).toEqual([]);
  });

  it('let a batch that was set aside come back in parts, in its order', () => {
    const lines = [3, 4, 5].map((number) => write(number, { key: null }));
    const tornAt = (messages: readonly string[], setAside: readonly string[]): number[] =>
      findTornBatches({ nodeId: 'master', messages: numbered(messages) }, [lines], ({ message }) =>
        setAside.includes(message as string),
      ).map(({ seq }) => seq);
    expect(tornAt(['m3', 'm1', 'm4', 'm5'], ['m4', 'm5'])).toEqual([]);
    expect(tornAt(['m3', 'm1', 'm4', 'm2', 'm5'], ['m3', 'm4', 'm5'])).toEqual([]);
    expect(tornAt(['m3', 'm1', 'm4', 'm5'], ['m5'])).toEqual([3]);
    expect(tornAt(['m4', 'm1', 'm3', 'm5'], ['m3', 'm4', 'm5'])).toEqual([1]);
  });

  it('say which node, from which seq, and how much', () => {
    const logs = withOdd(numbered(MESSAGES).filter(({ seq }) => seq < 4 || seq > 5));
    expect(checkHistory({ writes: WRITES, logs })).toContainEqual({
      kind: 'lost-middle',
      nodeId: 'secondary-2',
      seq: 4,
      sentence: 'secondary-2 lost 2 acknowledged writes, receipts 4 to 5',
    });
  });
});
