import type { ReplogError } from '@replog/contracts/errors.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import type { NodeState, NodeStateStore } from '@replog/log-store/state/node-state.js';
import { IdentityService } from '@replog/cluster/identity/identity.service.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { VoteBook } from '@replog/cluster/votes/vote-book.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import { SeededRandom } from '@replog/runtime/testing/seeded-random.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { pino } from 'pino';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { foundCluster } from '@replog/cluster/election/found-cluster.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import { RoleRunner } from './role-runner.js';
import type { Terms } from './terms.port.js';

const DAMAGE = new CorruptRecordError('00000000000000000001.log', 1, 0, 'crc');
const PROMOTE = { dryRun: false, force: false };

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

/** The node is the only member of its cluster: it wins every campaign. */
describe('the runner of the role machine', () => {
  let parts: NodeParts;
  let runner: RoleRunner;
  /** The begun and ended roles, in order. */
  let done: string[];

  beforeEach(async () => {
    done = [];
    const node = new LocalNode(stateInMemory(), new MemoryLogStore(), 'http://n1', 'boot-1');
    const config = testConfig({ SERVER_TYPE: 'secondary', NODE_ID: 'n1' });
    const clock = new VirtualClock();
    const unused = { metrics: null as never, tokens: null as never };
    const transport: Partial<Transport> = { status: () => Promise.resolve(node.status) };
    const given = { config, clock, random: new SeededRandom(1), logger: pino({ level: 'silent' }), ...unused };
    const identity = new IdentityService({ ...given, node, transport: transport as Transport });
    const whole = { view: node, log: node.store, node, identity, votes: new VoteBook(node) };
    const damage = { report: () => undefined };
    parts = { ...given, ...whole, damage, transport: transport as Transport };
    await foundCluster(parts as Parameters<typeof foundCluster>[0]);
    const does = (what: string): Promise<void> => Promise.resolve(void done.push(what));
    const terms: Terms = {
      beginMaster: ({ epoch }) => {
        void does(`begin epoch ${epoch}`);
        return { end: ({ code }) => does(`end epoch ${epoch}: ${code}`) };
      },
      beginSecondary: () => {
        void does('begin secondary');
        return { hangUp: () => does('hang up'), end: () => does('end secondary') };
      },
    };
    const onFatal = (error: Error): never => {
      throw error;
    };
    runner = new RoleRunner({ parts, terms, damage: null, onFatal });
    await runner.start();
  });

  it('begins the term that an operator requested, and answers once it is in force', async () => {
    expect(await runner.promote({ ...PROMOTE, dryRun: true })).toMatchObject({ outcome: 'forecast', epoch: 2 });
    expect(await runner.promote(PROMOTE)).toMatchObject({ outcome: 'promoted', epoch: 2 });
    expect(done).toEqual(['begin secondary', 'end secondary', 'begin epoch 2']);
    expect(await runner.promote(PROMOTE)).toMatchObject({ outcome: 'already-master' });
    expect(await runner.promote({ ...PROMOTE, dryRun: true })).toMatchObject({ outcome: 'already-master' });
  });

  it('ends its term when it learns of a higher epoch', async () => {
    await runner.promote(PROMOTE);
    done.length = 0;
    parts.node.heardEpoch(5, 'n2');
    expect([parts.node.role, parts.node.holdsTerm, parts.node.change.over !== null]).toEqual(['master', false, true]);
    await vi.waitFor(() => expect(parts.node.role).toBe('secondary'));
    expect(done).toEqual(['end epoch 2: NO_MASTER', 'begin secondary']);
  });

  it('transfers its term once the successor has caught up, and stays master otherwise', async () => {
    const nobody = runner.transfer('n2', () => Promise.resolve());
    await expect(nobody).rejects.toMatchObject({ code: 'TRANSFER_REFUSED' });
    await runner.promote(PROMOTE);
    const late = runner.transfer('n2', () => {
      expect(parts.node.transferringTo).toBe('n2');
      return Promise.reject(new Error('n2 is too slow'));
    });
    await expect(late).rejects.toMatchObject({ code: 'TRANSFER_REFUSED' });
    expect([parts.node.holdsTerm, parts.node.change.over]).toEqual([true, null]);
    await runner.transfer('n2', () => Promise.resolve());
    expect(done.slice(-2)).toEqual(['end epoch 2: NO_MASTER', 'begin secondary']);
  });

  it('begins no term with a log that turns out damaged during the campaign', async () => {
    const vote = parts.votes.voteForItself.bind(parts.votes);
    parts.votes.voteForItself = async (request) => {
      const answer = await vote(request);
      runner.report(DAMAGE);
      return answer;
    };
    const refusal = await runner.promote(PROMOTE).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'LOG_DAMAGED' } satisfies Partial<ReplogError>);
    await expect(runner.promote({ ...PROMOTE, dryRun: true })).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
    expect(done).toEqual(['begin secondary']);
    expect([parts.node.role, parts.node.holdsTerm]).toEqual(['secondary', false]);
  });

  it('repairs damage under a new incarnation', async () => {
    const { incarnation } = parts.node;
    runner.report(DAMAGE);
    expect([parts.node.isDamaged, parts.node.mayRegister]).toEqual([true, false]);
    await vi.waitFor(() => expect(parts.node.isDamaged).toBe(false));
    expect(parts.node.incarnation).not.toBe(incarnation);
    expect([parts.node.store.last.index, done]).toEqual([0, ['begin secondary', 'hang up']]);
  });

  it('ends the role in force when it stops, and refuses later requests', async () => {
    await runner.promote(PROMOTE);
    await runner.stop();
    expect(done.at(-1)).toBe('end epoch 2: SHUTTING_DOWN');
    await expect(runner.promote(PROMOTE)).rejects.toMatchObject({ code: 'CHANGE_IN_PROGRESS' });
    await expect(runner.promote({ ...PROMOTE, dryRun: true })).rejects.toMatchObject({ code: 'CHANGE_IN_PROGRESS' });
  });
});
