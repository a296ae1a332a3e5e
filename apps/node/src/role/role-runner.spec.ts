import type { ReplogError } from '@replog/contracts/errors.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import type { NodeState, NodeStateStore } from '@replog/log-store/state/node-state.js';
import { IdentityService } from '@replog/cluster/identity/identity.service.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { VoteBook } from '@replog/cluster/votes/vote-book.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import { createMetrics } from '@replog/runtime/metrics/node-metrics.js';
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
    close: () => Promise.resolve(),
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
    const unused = { metrics: createMetrics(), tokens: null as never };
    const transport: Partial<Transport> = { status: () => Promise.resolve(node.status) };
    const given = { config, clock, random: new SeededRandom(1), logger: pino({ level: 'silent' }), ...unused };
    const identity = new IdentityService({ ...given, node, transport: transport as Transport });
    const whole = { view: node, log: node.store, node, identity, votes: new VoteBook(node, { wallMs: () => 0 }) };
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
    parts.node.confirmedEpoch(5, 'n2');
    expect([parts.node.role, parts.node.holdsTerm, parts.node.change.over !== null]).toEqual(['master', false, true]);
    await vi.waitFor(() => expect(parts.node.role).toBe('secondary'));
    expect(done).toEqual(['end epoch 2: NO_MASTER', 'begin secondary']);
  });

  it('asks its members about the epoch of a stranger, and goes on where a majority knows of none', async () => {
    const { node, transport } = parts;
    await runner.promote(PROMOTE);
    const own = { nodeId: node.nodeId, incarnation: node.incarnation, url: 'http://n1' };
    const members = [own, ...['n2', 'n3'].map((nodeId) => ({ nodeId, incarnation: 'i1', url: `http://${nodeId}` }))];
    node.membershipWritten({ members, removed: [] }, 3);
    const asked: string[] = [];
    const answers: Record<string, number | null> = { 'http://n2': 2, 'http://n3': null };
    transport.status = (url) => {
      asked.push(url);
      const epoch = answers[url] ?? null;
      if (epoch === null) return Promise.reject(new Error('no answer'));
      return Promise.resolve({ ...node.status, nodeId: url.slice(7), incarnation: 'i1', epoch });
    };
    const stranger = { nodeId: 'x1', url: 'http://x1', epoch: 9 };
    const settled = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));
    done.length = 0;
    node.heardMaster(stranger, 0);
    node.heardEpoch(9, { nodeId: 'x1', incarnation: 'i1' });
    await settled();
    expect([asked, node.role, node.master?.nodeId]).toEqual([['http://n2', 'http://n3'], 'master', 'n1']);

    answers['http://n2'] = null;
    node.heardEpoch(9, { nodeId: 'x1', incarnation: 'i1' });
    await settled();
    expect([asked.length, node.role]).toEqual([4, 'master']);
    answers['http://n3'] = 8;
    node.heardEpoch(9, { nodeId: 'x1', incarnation: 'i1' });
    await vi.waitFor(() => expect(done).toEqual(['end epoch 2: NO_MASTER', 'begin secondary']));
  });

  it('gives way to a master it does not know where too few members answer', async () => {
    const { node, transport } = parts;
    await runner.promote(PROMOTE);
    const members = [
      { nodeId: node.nodeId, incarnation: node.incarnation, url: 'http://n1' },
      { nodeId: 'n2', incarnation: 'i1', url: 'http://n2' },
    ];
    node.membershipWritten({ members, removed: [] }, 3);
    transport.status = () => Promise.reject(new Error('no answer'));
    node.heardMaster({ nodeId: 'x1', url: 'http://x1', epoch: 9 }, 0);
    await vi.waitFor(() => expect(node.role).toBe('secondary'));
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
