import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_WAITING_WRITES } from '@replog/contracts/limits.js';
import type { Member } from '@replog/contracts/payloads.js';
import type { WriteConcern } from '@replog/contracts/views.js';
import { AcknowledgementTable } from '../quorum/acknowledgement-table.js';
import { WaitingWrites } from './waiting-writes.js';
import type { WaitingWrite } from './waiting-writes.js';

const MEMBERS: Member[] = ['m', 's1', 's2', 's3', 's4'].map((nodeId) => ({ nodeId, incarnation: 'i', url: '' }));

function tableOf(members = MEMBERS): AcknowledgementTable {
  const table = new AcknowledgementTable('m');
  table.beginEpoch(1);
  table.setMembers(members);
  return table;
}

function write(index: number, concern: WriteConcern): WaitingWrite {
  return { index, concern };
}

describe('WaitingWrites', () => {
  it('never lets a write that asked for less wait for one that asked for more', () => {
    const waiting = new WaitingWrites();
    const table = tableOf();
    const [all, two, none] = [write(1, 'all'), write(2, 2), write(3, 0)];
    for (const each of [all, two, none]) waiting.add(each);
    table.masterHas(3);
    expect(waiting.takeSatisfied(table)).toEqual([none]);
    for (const member of MEMBERS.slice(1, 3)) table.acknowledge(member, 3);
    expect(waiting.takeSatisfied(table)).toEqual([two]);
    expect(waiting.size).toBe(1);
    expect(waiting.takeAll()).toEqual([all]);
    expect(waiting.size).toBe(0);
  });

  it('settles `all` by the current members', () => {
    const waiting = new WaitingWrites();
    const table = tableOf(MEMBERS.slice(0, 3));
    table.masterHas(1);
    table.acknowledge(MEMBERS[1] as Member, 1);
    const all = write(1, 'all');
    waiting.add(all);
    expect(waiting.takeSatisfied(table)).toEqual([]);
    table.setMembers(MEMBERS.slice(0, 2));
    expect(waiting.takeSatisfied(table)).toEqual([all]);
  });

  it('settles `majority` by what is committed, although an acknowledgement was taken back', () => {
    const waiting = new WaitingWrites();
    const table = tableOf(MEMBERS.slice(0, 3));
    table.masterHas(1);
    table.acknowledge(MEMBERS[1] as Member, 1);
    table.hasCommitted(table.committedUpTo());
    table.forget(MEMBERS[1] as Member);
    const [majority, one] = [write(1, 'majority'), write(1, 1)];
    for (const each of [majority, one]) waiting.add(each);
    expect(waiting.takeSatisfied(table)).toEqual([majority]);
    expect(waiting.takeAll()).toEqual([one]);
  });

  it('removes exactly the given write, among others of the same index', () => {
    const waiting = new WaitingWrites();
    const [first, second, other] = [write(5, 1), write(5, 1), write(5, 1)];
    waiting.add(first);
    waiting.add(second);
    expect(waiting.remove(other)).toBe(false);
    expect(waiting.remove(write(5, 2))).toBe(false);
    expect([waiting.remove(second), waiting.remove(second)]).toEqual([true, false]);
    expect(waiting.takeAll()).toEqual([first]);
  });

  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('add' as const),
        index: fc.integer({ min: 1, max: 30 }),
        concern: fc.constantFrom<WriteConcern>(0, 1, 2, 4, 7, 'majority', 'all'),
      }),
    },
    fc.record({ kind: fc.constant('remove' as const), place: fc.nat() }),
    fc.record({ kind: fc.constant('ack' as const), node: fc.nat({ max: 4 }), index: fc.nat({ max: 30 }) }),
  );

  it('settles as many at once as may wait', () => {
    const waiting = new WaitingWrites();
    const table = tableOf();
    for (let index = 1; index <= MAX_WAITING_WRITES * 2; index++) waiting.add(write(index, 1));
    table.masterHas(MAX_WAITING_WRITES * 2);
    table.acknowledge(MEMBERS[1] as Member, MAX_WAITING_WRITES * 2);
    expect(waiting.takeSatisfied(table)).toHaveLength(MAX_WAITING_WRITES * 2);
    expect(waiting.size).toBe(0);
  });

  it('agrees with a plain list, and settles each concern in log order, also what came late', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const waiting = new WaitingWrites();
        const table = tableOf();
        let list: WaitingWrite[] = [];
        for (const next of steps) {
          if (next.kind === 'add') {
            const added = write(next.index, next.concern);
            waiting.add(added);
            list.push(added);
          } else if (next.kind === 'remove') {
            const chosen = list[next.place % Math.max(1, list.length)];
            if (chosen === undefined) continue;
            expect(waiting.remove(chosen)).toBe(true);
            list = list.filter((other) => other !== chosen);
          } else {
            if (next.node === 0) table.masterHas(next.index);
            else table.acknowledge(MEMBERS[next.node] as Member, next.index);
            const isMet = ({ index, concern }: WaitingWrite): boolean =>
              index <= table.satisfiedUpTo(table.requiredFor(concern));
            const taken = waiting.takeSatisfied(table);
            const due = list.filter(isMet);
            expect(new Set(taken)).toEqual(new Set(due));
            expect(taken).toHaveLength(due.length);
            for (const concern of new Set(taken.map((each) => each.concern))) {
              const line = taken.filter((each) => each.concern === concern);
              // A stable sort: what has the same index leaves in the order it came.
              expect(line).toEqual(due.filter((each) => each.concern === concern).sort((a, b) => a.index - b.index));
            }
            list = list.filter((each) => !isMet(each));
          }
          expect(waiting.size).toBe(list.length);
        }
        expect(new Set(waiting.takeAll())).toEqual(new Set(list));
        for (const taken of list) expect(waiting.remove(taken)).toBe(false);
        expect(waiting.size).toBe(0);
      }),
    );
  });
});
