import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Member } from '@replog/contracts/payloads.js';
import type { WriteConcern } from '@replog/contracts/views.js';
import { AcknowledgementTable } from './acknowledgement-table.js';

function member(nodeId: string, incarnation = 'i1'): Member {
  return { nodeId, incarnation, url: `http://${nodeId}:8000` };
}

function tableOf(...nodes: Member[]): AcknowledgementTable {
  const table = new AcknowledgementTable('m');
  table.beginEpoch(1);
  table.setMembers(nodes);
  return table;
}

describe('AcknowledgementTable', () => {
  it('counts only members, and a learner from the moment it is a member', () => {
    const table = tableOf(member('m'), member('s1'));
    table.masterHas(5);
    expect(table.acknowledge(member('s2'), 5)).toBe(true);
    expect(table.satisfiedUpTo(1)).toBe(0);
    table.setMembers([member('m'), member('s1'), member('s2')]);
    expect(table.memberCount).toBe(3);
    expect(table.satisfiedUpTo(1)).toBe(5);
  });

  it('counts a wiped node from nothing', () => {
    const table = tableOf(member('m'), member('s1', 'new'));
    table.masterHas(9);
    table.acknowledge(member('s1', 'old'), 9);
    expect([table.satisfiedUpTo(1), table.committedUpTo(), table.acknowledgedBy(member('s1', 'new'))]).toEqual([
      0, 0, 0,
    ]);
    table.acknowledge(member('s1', 'new'), 4);
    expect(table.committedUpTo()).toBe(4);
  });

  it('never lowers an acknowledgement, and says which ones were not new', () => {
    const table = tableOf(member('m'), member('s1'));
    table.masterHas(9);
    table.masterHas(3);
    expect(table.masterDurable).toBe(9);
    expect([7, 7, 3, 8].map((index) => table.acknowledge(member('s1'), index))).toEqual([true, false, false, true]);
    expect([table.satisfiedUpTo(1), table.committedUpTo()]).toEqual([8, 8]);
    table.forget(member('s1'));
    expect([table.acknowledgedBy(member('s1')), table.satisfiedUpTo(1), table.committedUpTo()]).toEqual([0, 0, 0]);
  });

  it('meets `majority` with what was committed, also where an acknowledgement is taken back', () => {
    const table = tableOf(member('m'), member('s1'), member('s2'));
    table.masterHas(9);
    table.acknowledge(member('s1'), 7);
    table.hasCommitted(table.committedUpTo());
    table.forget(member('s1'));
    expect([table.satisfiedFor('majority'), table.satisfiedFor(1), table.satisfiedFor('all')]).toEqual([7, 0, 0]);
    table.acknowledge(member('s2'), 4);
    table.hasCommitted(table.committedUpTo());
    expect(table.satisfiedFor('majority')).toBe(7);
    table.acknowledge(member('s2'), 8);
    expect(table.satisfiedFor('majority')).toBe(8);
  });

  it('meets no concern with what is not on the disk of the master', () => {
    const table = tableOf(member('m'), member('s1'), member('s2'));
    table.masterHas(3);
    table.acknowledge(member('s1'), 7);
    table.acknowledge(member('s2'), 7);
    table.hasCommitted(table.committedUpTo());
    expect([table.committedUpTo(), table.satisfiedFor('majority')]).toEqual([7, 3]);
  });

  it('counts no record as safe before the first record of the epoch has as many copies', () => {
    const table = tableOf(member('m'), member('s1'), member('s2'));
    table.beginEpoch(10);
    table.masterHas(12);
    table.acknowledge(member('s1'), 9);
    expect([table.satisfiedUpTo(0), table.satisfiedUpTo(1), table.committedUpTo()]).toEqual([12, 0, 0]);
    table.acknowledge(member('s1'), 10);
    expect([table.satisfiedUpTo(1), table.committedUpTo()]).toEqual([10, 10]);
  });

  it('counts nothing as safe before the epoch begins', () => {
    const table = new AcknowledgementTable('m');
    table.masterHas(5);
    expect([table.satisfiedUpTo(0), table.committedUpTo()]).toEqual([0, 0]);
  });

  it('does not count a master that is not a member', () => {
    const table = tableOf(member('s1'), member('s2'));
    table.masterHas(9);
    table.acknowledge(member('s1'), 9);
    table.acknowledge(member('s2'), 5);
    expect(table.memberCount).toBe(2);
    expect(table.committedUpTo()).toBe(5);
    expect(table.requiredFor('all')).toBe(2);
    expect(table.satisfiedUpTo(table.requiredFor('majority'))).toBe(5);
  });

  const step = fc.oneof(
    fc.record({ kind: fc.constant('master' as const), index: fc.nat({ max: 30 }) }),
    fc.record({
      kind: fc.constant('ack' as const),
      node: fc.nat({ max: 5 }),
      incarnation: fc.constantFrom('i1', 'i2'),
      index: fc.nat({ max: 30 }),
    }),
    fc.record({
      kind: fc.constant('members' as const),
      nodes: fc.uniqueArray(fc.nat({ max: 5 }), { maxLength: 6 }),
      incarnation: fc.constantFrom('i1', 'i2'),
    }),
  );

  it('agrees with counting disks one by one, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 20 }), (steps, epochStart) => {
        const counted = new AcknowledgementTable('n0');
        counted.beginEpoch(epochStart);
        let members: Member[] = [];
        counted.setMembers(members);
        const disks = new Map<string, number>();
        const grow = (name: string, index: number): Map<string, number> =>
          disks.set(name, Math.max(index, disks.get(name) ?? 0));
        for (const next of steps) {
          if (next.kind === 'master') {
            counted.masterHas(next.index);
            grow('master', next.index);
          } else if (next.kind === 'ack') {
            counted.acknowledge(member(`n${next.node}`, next.incarnation), next.index);
            grow(`n${next.node}/${next.incarnation}`, next.index);
          } else {
            members = next.nodes.map((node) => member(`n${node}`, next.incarnation));
            counted.setMembers(members);
          }
          const held = members.map((node) =>
            node.nodeId === 'n0' ? (disks.get('master') ?? 0) : (disks.get(`${node.nodeId}/${node.incarnation}`) ?? 0),
          );
          const others = held.filter((_, place) => members[place]?.nodeId !== 'n0');
          const isCommitted = (index: number): boolean => held.filter((disk) => disk >= index).length * 2 > held.length;
          expect(counted.committedUpTo()).toBe(highest(isCommitted, epochStart));
          for (const concern of [0, 1, 2, 6, 'majority', 'all'] as WriteConcern[]) {
            const isSatisfied = (index: number): boolean => {
              if ((disks.get('master') ?? 0) < index) return false;
              const copies = others.filter((disk) => disk >= index).length;
              if (concern === 'all') return copies === others.length;
              return concern === 'majority' ? isCommitted(index) : copies >= concern;
            };
            if (members.length === 0 && concern === 'majority') continue;
            expect(counted.satisfiedUpTo(counted.requiredFor(concern))).toBe(highest(isSatisfied, epochStart));
          }
          expect(counted.memberSecondaries).toHaveLength(others.length);
        }
      }),
    );
  });
});

/** The highest index that holds, if the epoch's first record holds too. */
function highest(holds: (index: number) => boolean, epochStart: number): number {
  for (let index = 30; index >= epochStart; index--) if (holds(index)) return index;
  return 0;
}
