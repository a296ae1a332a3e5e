import type { ReplogError } from '@replog/contracts';
import { CorruptRecordError, MemoryLogStore } from '@replog/log-store';
import type { NodeState, NodeStateStore } from '@replog/log-store';
import { LocalNode, PromiseBook } from '@replog/platform';
import type { Transport } from '@replog/platform';
import { SeededRandom, VirtualClock, testConfig } from '@replog/platform/testing';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { StandParts } from '../office/stand-parts.js';
import { foundCluster } from './found-cluster.js';
import { RoleLife } from './role-life.js';
import type { RoleFactory } from './roles.js';

const DAMAGE = new CorruptRecordError('00000000000000000001.log', 1, 0, 'crc');

/** The state of a node in memory. */
function stateInMemory(): NodeStateStore {
  let current: NodeState = { nodeId: 'n1', incarnation: 'first', clusterId: null, promised: null };
  return {
    get current() {
      return current;
    },
    save: (changes) => {
      current = { ...current, ...changes };
      return Promise.resolve();
    },
  };
}

/** The only member of its cluster: it wins every office it stands for. */
describe('the life of a role', () => {
  let parts: Omit<StandParts, 'damage'>;
  let life: RoleLife;
  let opened: string[];

  beforeEach(async () => {
    opened = [];
    const node = new LocalNode(stateInMemory(), new MemoryLogStore(), 'http://n1');
    const config = testConfig({ SERVER_TYPE: 'secondary', NODE_ID: 'n1' });
    const clock = new VirtualClock();
    const unused = { metrics: null as never, tokens: null as never };
    const transport: Partial<Transport> = { status: () => Promise.resolve(node.status) };
    const given = { config, clock, random: new SeededRandom(1), logger: pino({ level: 'silent' }), ...unused };
    parts = {
      ...given,
      transport: transport as Transport,
      view: node,
      log: node.store,
      node,
      promises: new PromiseBook(node),
    };
    await foundCluster(parts as Parameters<typeof foundCluster>[0]);
    const close = (): Promise<void> => Promise.resolve();
    const entered = (role: string): void => void opened.push(role);
    const roles: RoleFactory = {
      prepareMaster: () =>
        Promise.resolve({
          discard: close,
          enter: () => {
            entered('master');
            return { close, leave: close };
          },
        }),
      prepareSecondary: () =>
        Promise.resolve({
          discard: close,
          enter: () => {
            entered('secondary');
            return { close, hangUp: close };
          },
        }),
    };
    const onFatal = (error: Error): never => {
      throw error;
    };
    life = new RoleLife({ parts, roles, damage: null, onFatal });
    await life.start();
  });

  it('takes no office with a log that turns out damaged while office is being won', async () => {
    const promise = parts.promises.promiseItself.bind(parts.promises);
    parts.promises.promiseItself = async (request) => {
      const answer = await promise(request);
      life.damage.report(DAMAGE);
      return answer;
    };
    const refusal = await life.promote({ dryRun: false, force: false }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'LOG_DAMAGED' } satisfies Partial<ReplogError>);
    expect(opened).toEqual(['secondary']);
    expect([parts.node.role, parts.node.holdsOffice]).toEqual(['secondary', false]);
  });
});
