import type { ReplogError } from '@replog/contracts/errors.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import type { NodeState, NodeStateStore } from '@replog/log-store/state/node-state.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { VoteBook } from '@replog/cluster/votes/vote-book.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import { SeededRandom } from '@replog/runtime/testing/seeded-random.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { StandParts } from '@replog/cluster/election/stand-parts.js';
import { foundCluster } from '@replog/cluster/election/found-cluster.js';
import { RoleLife } from './role-life.js';
import type { Terms } from './terms.js';

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
      votes: new VoteBook(node),
    };
    await foundCluster(parts as Parameters<typeof foundCluster>[0]);
    const end = (): Promise<void> => Promise.resolve();
    const terms: Terms = {
      beginMaster: () => {
        opened.push('master');
        return { end };
      },
      beginSecondary: () => {
        opened.push('secondary');
        return { end, hangUp: end };
      },
    };
    const onFatal = (error: Error): never => {
      throw error;
    };
    life = new RoleLife({ parts, terms, damage: null, onFatal });
    await life.start();
  });

  it('takes no office with a log that turns out damaged while office is being won', async () => {
    const promise = parts.votes.voteForItself.bind(parts.votes);
    parts.votes.voteForItself = async (request) => {
      const answer = await promise(request);
      life.damage.report(DAMAGE, 'by a read');
      return answer;
    };
    const refusal = await life.promote({ dryRun: false, force: false }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'LOG_DAMAGED' } satisfies Partial<ReplogError>);
    expect(opened).toEqual(['secondary']);
    expect([parts.node.role, parts.node.holdsTerm]).toEqual(['secondary', false]);
  });
});
