import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '@replog/contracts/errors.js';
import type { ElectionView, FailoverView } from '@replog/contracts/views.js';
import { ADMIN_API_KEY } from '../support/cluster.js';
import { ClusterInProcess } from '../support/cluster-in-process.js';
import { eventually } from '../support/eventually.js';
import type { Answer } from '../support/node-client.js';
import { promote } from '../support/operator.js';
import type { NodeInProcess } from '../support/node-in-process.js';

const MINUTE_MS = 60_000;

function pause(
  node: NodeInProcess,
  body: object,
  headers: Record<string, string> = { 'x-token': ADMIN_API_KEY },
): Promise<Answer<FailoverView & Problem>> {
  const json = { 'content-type': 'application/json', ...headers };
  return node.client.request('POST', '/cluster/failover', { headers: json, body: JSON.stringify(body) });
}

describe('automatic failover, as an operator sees it', () => {
  let cluster: ClusterInProcess;
  let second: NodeInProcess;
  const failover = async (node: NodeInProcess): Promise<FailoverView> => (await node.client.cluster()).failover;

  beforeAll(async () => {
    cluster = await ClusterInProcess.start(1);
    second = cluster.secondaries[0]!;
  });
  afterAll(() => cluster.end());

  it('is not possible with two members, is with three, and every node says so; the log of the master says it once', async () => {
    const why = 'With two members no other node can be elected when the master is gone: use three.';
    for (const node of [cluster.master, second]) {
      expect(await failover(node)).toEqual({ mode: 'auto', paused: false, pausedUntil: null, possible: false, why });
    }
    await cluster.addSecondary();
    await cluster.allMembers();
    await eventually('the secondary has the membership', async () => (await failover(second)).possible);
    expect(cluster.master.output.match(/no other node can be elected/g)).toHaveLength(1);
    expect(cluster.master.output.match(/the members elect another one by themselves/g)).toHaveLength(1);
  });

  it('is paused at any node, with the admin key, and the pause is on every node once it is answered', async () => {
    const beganMs = Date.now();
    const paused = await pause(second, { paused: true, minutes: 5 });
    expect(paused).toMatchObject({ status: 200, body: { paused: true, possible: false } });
    expect(Date.parse(paused.body.pausedUntil!)).toBeGreaterThanOrEqual(beganMs + 5 * MINUTE_MS);
    for (const node of cluster.nodes) {
      await eventually('it knows of the pause', async () => {
        return (await failover(node)).pausedUntil === paused.body.pausedUntil;
      });
    }
    const again = await pause(cluster.master, { paused: true });
    expect(Date.parse(again.body.pausedUntil!)).toBeGreaterThanOrEqual(beganMs + 60 * MINUTE_MS);

    const ended = await pause(second, { paused: false });
    expect(ended).toMatchObject({ status: 200, body: { paused: false, pausedUntil: null, possible: true, why: null } });
    const { lastIndex } = await cluster.master.client.cluster();
    expect((await pause(cluster.master, { paused: false })).status).toBe(200);
    expect((await cluster.master.client.cluster()).lastIndex).toBe(lastIndex);
  });

  it('is not paused by a client, for longer than a day, or with fields that do not fit', async () => {
    expect((await pause(second, { paused: true }, {})).status).toBe(403);
    const refused: [object, RegExp][] = [
      [{ paused: true, minutes: 1441 }, /from 1 to 1440/],
      [{ paused: true, minutes: 0 }, /from 1 to 1440/],
      [{ paused: true, minutes: 1.5 }, /whole number/],
      [{ paused: false, minutes: 5 }, /Leave minutes out/],
      [{ paused: 'yes' }, /paused must be true/],
      [{ minutes: 5 }, /paused must be true/],
      [{ paused: true, hours: 1 }, /hours/],
    ];
    for (const [body, sentence] of refused) {
      const { status, body: problem } = await pause(second, body);
      expect([status, problem.code, problem.detail]).toEqual([400, 'INVALID_BODY', expect.stringMatching(sentence)]);
    }
    expect((await failover(cluster.master)).paused).toBe(false);
  });

  it('is told by every node: why there was an election, who voted, who did not, and how long it took', async () => {
    const [first, third] = [cluster.master, cluster.secondaries[1]!];
    const elections = async (node: NodeInProcess): Promise<readonly ElectionView[]> =>
      (await node.client.cluster()).elections;
    expect((await promote(second)).status).toBe(200);
    await eventually('the others follow', async () => {
      const all = await Promise.all(cluster.nodes.map(elections));
      return all.every((list) => list.length === 2);
    });
    await first.stop();
    expect((await promote(third)).status).toBe(200);
    await eventually('the other follows', async () => (await elections(second)).length === 3);

    const told = await elections(third);
    expect(told).toMatchObject([
      { epoch: 3, master: 'secondary-2', cause: 'transfer', lost: null },
      { epoch: 2, master: 'secondary-1', cause: 'transfer', without: [], lost: null },
      { epoch: 1, master: 'master', cause: 'founded', votes: ['master'], without: [], tookMs: null },
    ]);
    expect([...told[0]!.votes!].sort()).toEqual(['secondary-1', 'secondary-2']);
    expect(told[0]!.without).toEqual([{ nodeId: 'master', reason: expect.any(String) as string }]);
    expect(told[0]!.tookMs).toBeGreaterThanOrEqual(0);
    expect(await elections(second)).toEqual(told);
    for (const node of [second, third]) {
      expect(node.output).toContain('secondary-2 won the election for epoch 3, to which the master before transferred');
    }

    await first.start();
    await eventually('it has the same list after a restart', async () => (await elections(first)).length === 3);
    expect(await elections(first)).toEqual(told);
    expect(first.output).toContain('secondary-2 won the election for epoch 3');
    const { body: metrics } = await third.client.get<string>('/metrics');
    expect(metrics).toContain('replog_elections_total{cause="transfer",outcome="won"} 1');
    expect(metrics).toContain('replog_master_changes_total{cause="transfer"} 2');
    expect(metrics).toMatch(/^replog_seconds_without_master_total \d/m);
  });
});
