import type { NodeStatus } from '@replog/contracts/http.js';
import type { LogPosition } from '@replog/contracts/record.js';
import { PeerError } from '../peers/transport.port.js';
import { describe, expect, it } from 'vitest';
import { forecastPromotion, isMajorityLost } from './forecast.js';
import type { NodeParts } from '../node/node-parts.js';

const MEMBERS = ['n1', 'n2', 'n3'].map((nodeId) => ({ nodeId, incarnation: 'first', url: `http://${nodeId}:8000` }));

function status(nodeId: string, index: number): NodeStatus {
  return {
    ...{ clusterId: 'c', nodeId, incarnation: 'first', role: 'secondary', holdsTerm: false, epoch: 1, master: null },
    ...{ url: `http://${nodeId}:8000`, last: { index, epoch: 1, chain: index }, committed: 0 },
  };
}

/** `n1` makes the forecast; nodes in `silent` no longer answer. */
function partsOf(silent: readonly string[]): NodeParts {
  const positionAt = (index: number): Promise<LogPosition> =>
    Promise.resolve({ index, epoch: 1, chain: index, seq: index });
  const node = {
    ...{ ...status('n1', 5), status: status('n1', 5), membership: { members: MEMBERS, removed: [] } },
    ...{ store: { positionAt }, addressOf: () => null },
  };
  const position = (url: string, index: number): Promise<LogPosition> =>
    silent.some((name) => url.includes(name)) ? Promise.reject(new PeerError(`${url} is silent`)) : positionAt(index);
  return { node, transport: { position } } as unknown as NodeParts;
}

describe('a forecast', () => {
  it('names the node whose log wins and the nodes that did not answer', async () => {
    const forecast = await forecastPromotion(partsOf([]), [status('n2', 7)]);
    expect(forecast).toMatchObject({ mostAdvanced: { nodeId: 'n2', lastIndex: 7 }, orphaned: [], present: 2 });
    expect(forecast.unreachable.map(({ nodeId }) => nodeId)).toEqual(['n3']);
  });

  it('does not count a deposed master that has not heard of it: it does not vote', async () => {
    const parts = partsOf([]);
    Object.assign(parts.node, { epoch: 3 });
    const replaced = { ...status('n2', 9), role: 'master' as const, holdsTerm: true };
    const forecast = await forecastPromotion(parts, [replaced, status('n3', 6)]);
    expect(forecast).toMatchObject({ transfer: null, mostAdvanced: { nodeId: 'n3', lastIndex: 6 }, present: 2 });
    expect(forecast.orphaned).toEqual([{ nodeId: 'n2', afterIndex: 6, records: 3 }]);
  });

  it('counts a node that answers at first and then no more as unreachable', async () => {
    const forecast = await forecastPromotion(partsOf(['n2']), [status('n2', 7), status('n3', 6)]);
    expect(forecast).toMatchObject({ mostAdvanced: { nodeId: 'n3', lastIndex: 6 }, present: 2 });
    expect(forecast.unreachable.map(({ nodeId }) => nodeId)).toEqual(['n2']);
  });

  it('of a master has no other master that could transfer its term', async () => {
    const parts = partsOf([]);
    Object.assign(parts.node, { status: { ...status('n1', 5), role: 'master', holdsTerm: true } });
    expect(await forecastPromotion(parts, [status('n2', 5)])).toMatchObject({ transfer: null, present: 2 });
  });
});

describe('the majority of a master', () => {
  const isLostWith = (...answering: string[]): Promise<boolean> => {
    const parts = partsOf([]);
    const addressOf = (nodeId: string): string => `http://${nodeId}:8000`;
    Object.assign(parts.node, { addressOf, knownAddresses: [], seen: { note: () => 'later' } });
    const config = { masterUrl: null, healthcheckTimeoutMs: 100 };
    const ask = (url: string): Promise<NodeStatus> => {
      const nodeId = answering.find((name) => url.includes(name));
      return nodeId === undefined
        ? Promise.reject(new PeerError(`${url} is silent`))
        : Promise.resolve(status(nodeId, 5));
    };
    return isMajorityLost({ ...parts, config, transport: { ...parts.transport, status: ask } } as unknown as NodeParts);
  };

  it('is lost when too few members answer, itself included', async () => {
    expect(await isLostWith()).toBe(true);
    expect(await isLostWith('n2')).toBe(false);
    expect(await isLostWith('n2', 'n3')).toBe(false);
  });
});
