/** What a change under writers waits for, and how it is judged. */
import { checkHistory } from '../checkers/check-history.js';
import type { Violation } from '../checkers/history.js';
import type { Cluster } from './cluster.js';
import { eventually } from './eventually.js';
import type { FollowingWriters } from './following-writers.js';
import type { NodeProcess } from './node-process.js';

/** `count` writers have written ten messages each in the epoch, on average. */
export async function writersInEpoch({ acknowledged }: FollowingWriters, count: number, epoch: number): Promise<void> {
  await eventually(`${count} writers write in epoch ${epoch}`, () => {
    return acknowledged.filter((each) => each.epoch === epoch).length > 10 * count;
  });
}

export async function followedBy(master: NodeProcess, count: number): Promise<void> {
  await eventually(
    `${count} secondaries follow ${master.nodeId}`,
    async () => {
      const members = await master.client.secondaries();
      return members.filter(({ reason }) => reason.includes('streaming')).length === count;
    },
    { withinMs: 45_000 },
  );
}

/** When the writers have stopped: what is wrong with the logs of all nodes, by what the writers were told. */
export async function violationsOf(
  { nodes }: Cluster,
  { writes }: Pick<FollowingWriters, 'writes'>,
): Promise<Violation[]> {
  const lists = await eventually('all nodes hold as much', async () => {
    const found = await Promise.all(nodes.map(({ client }) => client.messages()));
    return found.every(({ length }) => length === found[0]?.length) ? found : undefined;
  });
  const logs = nodes.map(({ nodeId }, place) => ({ nodeId, messages: lists[place] ?? [] }));
  return checkHistory({ writes, logs });
}
