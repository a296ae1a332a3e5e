/** What writers and candidates meet when the master changes: three nodes, each of which becomes master in its turn. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Receipt } from '@replog/contracts/views.js';
import { eventually } from '../support/eventually.js';
import { NodeInProcess } from '../support/node-in-process.js';
import { promote } from '../support/operator.js';

describe('a change of master', () => {
  let first: NodeInProcess;
  let second: NodeInProcess;
  let third: NodeInProcess;
  let living: NodeInProcess[];
  beforeAll(async () => {
    ({ master: first, secondary: second } = await NodeInProcess.pair());
    third = await NodeInProcess.secondaryOf(first, 'secondary-2');
    living = [first, second, third];
    await eventually('both are members', async () => {
      const states = (await first.client.secondaries()).map(({ state }) => state);
      return states.join() === 'HEALTHY,HEALTHY';
    });
  });
  afterAll(async () => {
    for (const node of living) await node.end();
  });

  /** One node is master, and all living nodes follow it. */
  async function theOneMaster(): Promise<NodeInProcess> {
    return eventually('one master, followed by all', async () => {
      const views = await Promise.all(living.map((node) => node.client.cluster()));
      const holdsTerm = living.filter((node) => node.opened.node.term !== null);
      const [master] = holdsTerm as [NodeInProcess];
      const isFollowed = views.every(({ master: known }) => known?.nodeId === master.opened.node.nodeId);
      return holdsTerm.length === 1 && isFollowed ? master : undefined;
    });
  }

  it('settles what waits as pending, with receipts that are followed up at the next master', async () => {
    const { client } = first;
    const patience = { timeoutMs: 60_000 };
    const waiting = client.append('waits', 9, { ...patience, key: 'waits' });
    const batch = client.appendLines([{ message: 'one' }, { message: 'two' }], 9, patience.timeoutMs);
    await eventually('they are stored', async () => (await client.messages()).length === 3);
    const resumed = client.get<Receipt>('/messages/1/receipt?wc=9&timeout=60000');

    expect((await promote(second)).body).toMatchObject({ outcome: 'promoted', orphaned: [] });
    for (const { status, body, headers } of [await waiting, await batch]) {
      expect([status, body.outcome]).toEqual([202, 'pending']);
      expect(body.acks.map(({ node }) => node)).toContain('master');
      const followed = await second.client.get<Receipt>(
        headers.get('location')!.replace(/\?.*/, '?wc=1&timeout=20000'),
      );
      expect(followed.body).toMatchObject({ outcome: 'satisfied', epoch: 1 });
    }
    expect((await resumed).body.outcome).toBe('pending');

    expect(await theOneMaster()).toBe(second);
    const late = await client.append('elsewhere', 1, { timeoutMs: 20_000 });
    expect(late).toMatchObject({ status: 201, body: { outcome: 'satisfied', epoch: 2 } });
    expect(late.headers.get('x-replog-master')).toBe(second.client.url);
  });

  /** Two promotions at once. Each gets its own answer; if both win, it is in two epochs. */
  async function race(one: NodeInProcess, other: NodeInProcess): Promise<void> {
    const answers = await Promise.all([promote(one), promote(other)]);
    const promoted = answers.filter(({ status }) => status === 200).map(({ body }) => body.epoch);
    for (const { status } of answers) expect([200, 409]).toContain(status);
    expect(promoted.length, JSON.stringify(answers.map(({ body }) => body))).toBeGreaterThan(0);
    expect(new Set(promoted).size).toBe(promoted.length);
  }

  it('to two candidates at once gives one master, whom the others follow', async () => {
    await race(first, third);
    const master = await theOneMaster();
    expect([first, third]).toContain(master);
    expect((await master.client.append('after the first race', 2)).status).toBe(201);
  });

  it('to two candidates at once gives one master, also without a living one to transfer from', async () => {
    const dead = await theOneMaster();
    living = living.filter((node) => node !== dead);
    await dead.end();
    await race(living[0]!, living[1]!);
    const master = await theOneMaster();
    expect((await master.client.append('after the second race', 'majority')).status).toBe(201);
    const lists = await eventually('both hold the same', async () => {
      const [left, right] = await Promise.all(living.map((node) => node.client.messages()));
      return left?.length === right?.length ? [left, right] : undefined;
    });
    const texts = lists.map((list) => list?.map(({ message }) => message));
    expect(texts[0]).toEqual(texts[1]);
    expect(texts[0]?.slice(-2)).toEqual(['after the first race', 'after the second race']);
    expect([...(texts[0]?.slice(0, 3) ?? [])].sort()).toEqual(['one', 'two', 'waits']);
  });
});
