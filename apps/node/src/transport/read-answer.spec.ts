import { PeerError } from '@replog/cluster/peers/transport.port.js';
import { RegisterAnswerDto } from '@replog/master/registry/register.dto.js';
import { TransferAnswerDto } from '@replog/master/transfer/transfer.dto.js';
import { describe, expect, it } from 'vitest';
import { NodeStatusDto, PositionAnswerDto, VoteAnswerDto } from '../api/peers/peer-answers.dto.js';
import { readAnswer } from './read-answer.js';

const LAST = { index: 3, epoch: 2, chain: 0xffff_ffff };
const MASTER = { nodeId: 'n1', url: 'http://n1', epoch: 2 };
const STATUS = {
  ...{ clusterId: 'c', nodeId: 'n2', incarnation: 'i1', bootId: 'b', role: 'secondary', holdsTerm: false, epoch: 2 },
  ...{ url: 'http://n2', master: MASTER, last: LAST, committed: 3, storage: 'ok', starts: 2, boots: ['a', 'b'] },
  yours: { incarnation: 'i1', starts: 1, bootId: 'a', acknowledged: 3 },
};
const VOTE = { granted: true, reason: null, votedEpoch: 2, status: STATUS };
const ANSWERS: readonly [new () => object, object][] = [
  [NodeStatusDto, STATUS],
  [NodeStatusDto, { ...STATUS, clusterId: null, url: null, master: null, bootId: undefined, epoch: 0 }],
  [VoteAnswerDto, VOTE],
  [VoteAnswerDto, { ...VOTE, granted: false, reason: 'MASTER_ALIVE' }],
  [PositionAnswerDto, { position: { ...LAST, seq: 0 } }],
  [PositionAnswerDto, { position: null }],
  [RegisterAnswerDto, { clusterId: 'c', epoch: 2, master: MASTER, url: 'http://n2', state: 'JOINING' }],
  [TransferAnswerDto, { epoch: 2, lastIndex: 3 }],
];

describe('the answer of another node', () => {
  it.each(ANSWERS)('is read as it is (%s)', (dto, answer) => {
    expect(JSON.parse(JSON.stringify(readAnswer(dto, 'http://n2/x', answer)))).toEqual(
      JSON.parse(JSON.stringify(answer)),
    );
  });

  it.each(ANSWERS)('of a later build may have more members (%s)', (dto, answer) => {
    expect(readAnswer(dto, 'http://n2/x', { ...answer, later: 1 })).toMatchObject(answer);
  });

  it.each<[new () => object, unknown]>([
    ...ANSWERS.flatMap(([dto]) => [null, [], 'text', 5, {}].map((data): [new () => object, unknown] => [dto, data])),
    [NodeStatusDto, { ...STATUS, nodeId: 5 }],
    [NodeStatusDto, { ...STATUS, incarnation: 'x'.repeat(1_000) }],
    [NodeStatusDto, { ...STATUS, epoch: 1.5 }],
    [NodeStatusDto, { ...STATUS, epoch: 2 ** 40 }],
    [NodeStatusDto, { ...STATUS, role: 'leader' }],
    [NodeStatusDto, { ...STATUS, holdsTerm: 'yes' }],
    [NodeStatusDto, { ...STATUS, url: 'javascript:1' }],
    [NodeStatusDto, { ...STATUS, master: { nodeId: 'n1' } }],
    [NodeStatusDto, { ...STATUS, last: null }],
    [NodeStatusDto, { ...STATUS, last: [LAST] }],
    [NodeStatusDto, { ...STATUS, committed: -1 }],
    [NodeStatusDto, { ...STATUS, boots: [5] }],
    [NodeStatusDto, { ...STATUS, yours: { incarnation: 5 } }],
    [VoteAnswerDto, { ...VOTE, status: { ...STATUS, last: { ...LAST, index: '3' } } }],
    [VoteAnswerDto, { ...VOTE, reason: 'constructor' }],
    [PositionAnswerDto, { position: { ...LAST, seq: null } }],
    [RegisterAnswerDto, { clusterId: 'c', epoch: 2, master: null, url: 'http://n2', state: 'JOINING' }],
    [TransferAnswerDto, { epoch: 0, lastIndex: 3 }],
  ])('of a wrong form is an error of that node (%s, %j)', (dto, data) => {
    const read = (): object => readAnswer(dto, 'http://n2/x', data);
    expect(read).toThrow(PeerError);
    expect(read).toThrow('http://n2/x gave an invalid answer: ');
  });
});
