import { describe, expect, it } from 'vitest';
import { electionSentence } from './election-sentence.js';

const WON = { master: 'n2', epoch: 4, votes: ['n2', 'n3'], without: [], tookMs: 240 };

describe('an election in a sentence', () => {
  it('says why there was one, who voted, who did not and why, and how long it took', () => {
    const without = [
      { nodeId: 'n1', reason: 'does not answer' },
      { nodeId: 'n4', reason: 'STALLED' },
    ];
    expect(electionSentence({ ...WON, cause: 'failover', lost: { nodeId: 'n1', silentMs: 6_120 }, without })).toBe(
      'n2 won the election for epoch 4, because it heard nothing of n1 for 6.1 s: ' +
        'votes of n2 n3; without n1 (does not answer), n4 (STALLED); took 0.2 s',
    );
  });

  it.each([
    ['start', 'because it was started'],
    ['failover', 'because it had lost its master'],
    ['operator', 'because an operator promoted it'],
    ['transfer', 'to which the master before transferred its term'],
    ['force', 'because an operator promoted it by force'],
    ['founded', 'as the founder of the cluster'],
  ] as const)('gives the cause %s', (cause, words) => {
    expect(electionSentence({ ...WON, cause })).toBe(
      `n2 won the election for epoch 4, ${words}: votes of n2 n3; took 0.2 s`,
    );
  });

  it('knows of a member that has heard no master since it was started', () => {
    const sentence = electionSentence({ ...WON, cause: 'failover', lost: { nodeId: null, silentMs: 1_000 } });
    expect(sentence).toContain('because it heard no master for 1.0 s');
  });

  it('says what it knows of a record of an earlier build', () => {
    expect(electionSentence({ master: 'n2', epoch: 4 })).toBe('n2 won the election for epoch 4');
  });
});
