import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PeerError } from '@replog/cluster/peers/transport.port.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import pino from 'pino';
import type { MasterTerm } from '../term/master-term.js';
import { handOver } from './hand-over.js';

const LAST = 9;

describe('a master that is stopped', () => {
  const heardMaster = vi.fn();
  const asked: string[] = [];
  let clock: VirtualClock;
  let node: { holdsTerm: boolean; membership: { members: { nodeId: string }[] } };
  let answers: (url: string) => Promise<object>;

  beforeEach(() => {
    asked.length = 0;
    heardMaster.mockClear();
    clock = new VirtualClock();
    const members = ['n1', 'n2', 'n3', 'n4'].map((nodeId) => ({ nodeId }));
    node = {
      ...{ nodeId: 'n1', clusterId: 'c1', holdsTerm: true, store: { last: { index: LAST } } },
      ...{ membership: { members, removed: [] }, heardMaster },
    } as never;
    answers = (url) => Promise.resolve({ nodeId: 'n2', url, epoch: 2, holdsTerm: true });
  });

  /** n2 is up to date, n3 a record behind, and n4 is not there. */
  function stop(env: Record<string, string> = {}, hasTerm = true): Promise<void> {
    const entry = (nodeId: string): object => ({
      ...{ nodeId, priority: 50, link: { state: 'streaming' }, peer: { url: `http://${nodeId}` } },
    });
    const entries = new Map(['n2', 'n3', 'n4'].map((nodeId) => [nodeId, entry(nodeId)]));
    const term = {
      node,
      registry: {
        secondaries: {
          find: (nodeId: string) => entries.get(nodeId),
          isHealthy: ({ nodeId }: { nodeId: string }) => nodeId !== 'n4',
        },
      },
      replication: {
        ledger: { acknowledgedBy: ({ nodeId }: { nodeId: string }) => (nodeId === 'n2' ? LAST : LAST - 1) },
      },
    } as unknown as MasterTerm;
    const takeOver = (url: string, _: object, { timeoutMs }: { timeoutMs: number }): Promise<object> => {
      asked.push(`${url} ${timeoutMs}`);
      return answers(url);
    };
    const config = testConfig({ SHUTDOWN_GRACE: '8', ELECTION_TIMEOUT: '5', ...env });
    const ports = { node, transport: { takeOver }, clock, config, logger: pino({ level: 'silent' }) };
    return handOver(hasTerm ? term : null, ports as never);
  }

  it('asks the most advanced member to take over, and follows it', async () => {
    await stop();
    expect(asked).toEqual(['http://n2 5000']);
    expect(heardMaster).toHaveBeenCalledExactlyOnceWith({ nodeId: 'n2', url: 'http://n2', epoch: 2 }, clock.nowMs());
  });

  it('asks the next one where one refuses, within its grace', async () => {
    answers = async () => {
      await clock.run(5_000);
      throw new PeerError('it stops too', 'CHANGE_IN_PROGRESS');
    };
    await stop();
    expect(asked).toEqual(['http://n2 5000', 'http://n3 3000']);
    expect(heardMaster).not.toHaveBeenCalled();
    asked.length = 0;
    await stop({ SHUTDOWN_GRACE: '4' });
    expect(asked).toEqual(['http://n2 4000']);
  });

  it('asks nobody else once its term has ended', async () => {
    answers = () => {
      node.holdsTerm = false;
      return Promise.reject(new PeerError('no answer within 5000 ms'));
    };
    await stop();
    expect(asked).toEqual(['http://n2 5000']);
  });

  it('asks nobody without a term, or where members elect nobody by themselves', async () => {
    await stop({}, false);
    await stop({ FAILOVER: 'manual' });
    node.membership.members.splice(2);
    await stop();
    expect(asked).toEqual([]);
  });
});
