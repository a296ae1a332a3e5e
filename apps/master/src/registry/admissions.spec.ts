import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { describe, expect, it, vi } from 'vitest';
import { Admissions } from './admissions.js';
import type { SecondaryEntry } from './secondary-entry.js';

describe('admissions', () => {
  /** n2 has caught up with everything and is no member yet. */
  function admissions(): { subject: Admissions; admit: ReturnType<typeof vi.fn>; nextTurn: () => void } {
    const turns: (() => void)[] = [];
    const node = { membership: { members: [], removed: [] }, committed: 5, store: { last: { index: 5 } } };
    const peer = { nodeId: 'n2', incarnation: 'i', url: 'http://n2' };
    const entry = { nodeId: 'n2', incarnation: 'i', peer, link: { state: 'streaming' } } as unknown as SecondaryEntry;
    const memberships = { mayChange: true, admit: vi.fn(() => Promise.resolve()) };
    const subject = new Admissions(
      { node: node as unknown as LocalNode, clock: { soon: (run) => turns.push(run) }, logger: null as never },
      { isClosed: false, findEntry: (isWanted) => (isWanted(entry) ? entry : undefined) },
      memberships,
      { acknowledgedBy: () => 5 },
    );
    return { subject, admit: memberships.admit, nextTurn: () => turns.splice(0).forEach((run) => run()) };
  }

  it('change the membership in the turn after the acknowledgement, when its receipts are written', () => {
    const { subject, admit, nextTurn } = admissions();
    subject.next();
    expect(admit).not.toHaveBeenCalled();
    nextTurn();
    expect(admit).toHaveBeenCalledExactlyOnceWith({ nodeId: 'n2', incarnation: 'i', url: 'http://n2' });
  });
});
