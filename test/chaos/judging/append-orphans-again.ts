/**
 * At the end the operator appends all orphans of every node again, by their route. And again: the second time must
 * change nothing. Orphans of a wiped node, and what only a
 * directory had that was replaced by an older copy, were saved before, and are sent to the master by hand.
 */
import type { Problem } from '@replog/contracts/errors.js';
import type { MessageView } from '@replog/contracts/views.js';
import type { Reappended } from '@replog/cluster/orphans/reappend.service.js';
import type { Violation } from '../../checkers/history.js';
import { identityOf } from '../../checkers/history.js';
import { eventually } from '../../support/eventually.js';
import type { Answer } from '../../support/node-client.js';
import { orphanSets } from '../../support/operator.js';
import type { ChaosNode } from '../cluster/chaos-node.js';
import { ADMIN } from '../cluster/operator.js';
import type { Scene } from '../faults/scene.js';

const PATIENCE_MS = 30_000;
const WITHIN_MS = 120_000;

export interface AppendedAgain {
  /** Messages stored by it. */
  readonly appended: number;
  readonly violations: readonly Violation[];
}

export async function appendOrphansAgain(scene: Scene): Promise<AppendedAgain> {
  const first = await everySet(scene);
  const again = await everySet(scene);
  const byHand = await appendSaved(scene);
  const conflicts = [...first, ...again].filter(({ answer }) => answer.conflicts.length > 0);
  const appended = first.reduce((sum, { answer }) => sum + answer.appended, 0);
  scene.note(`${first.length} orphan sets appended again: ${appended} messages; ${byHand} more by hand`);
  return {
    appended: appended + byHand,
    violations: [
      ...again
        .filter(({ answer }) => answer.appended > 0)
        .map((one) => violation('duplicate', one, `stored ${one.answer.appended} when it was appended a second time`)),
      ...conflicts.map((one) => violation('not-kept', one, `has keys that hold another message by now`)),
    ],
  };
}

interface Done {
  readonly node: ChaosNode;
  readonly answer: Reappended;
}

async function everySet({ cluster }: Scene): Promise<Done[]> {
  const done: Done[] = [];
  for (const node of cluster.nodes) {
    for (const { id } of await orphanSets(node.process)) done.push({ node, answer: await appendSet(node, id) });
  }
  return done;
}

function appendSet(node: ChaosNode, id: string): Promise<Reappended> {
  return eventually(
    `${id} of ${node.nodeId} is appended again`,
    async () => {
      const { status, body }: Answer<Reappended & Problem> = await node
        .client(PATIENCE_MS)
        .request('POST', `/orphans/${id}/reappend`, { headers: ADMIN });
      if (status !== 200) throw new Error(`answered ${status} ${body.code}`);
      return body;
    },
    { withinMs: WITHIN_MS },
  );
}

/** Only what the log does not have: its writer may have repeated it meanwhile. */
async function appendSaved({ cluster, operator, savedOrphans, savedTails }: Scene): Promise<number> {
  const missing = new Map<string, MessageView>();
  const saved = [...savedOrphans, ...savedTails].flatMap(({ messages }) => messages);
  if (saved.length === 0) return 0;
  for (const message of saved) missing.set(identityOf(message.message), message);
  const [first] = cluster.nodes as [ChaosNode];
  for (const { message } of await first.client(PATIENCE_MS).messages()) missing.delete(identityOf(message));
  for (const { message, key, epoch, seq } of missing.values()) {
    // A key for all: an answer may be lost, and then it is asked for again.
    const options = { key: key ?? `by-hand-${epoch}-${seq}` };
    await eventually(
      'a saved orphan is stored',
      async () => {
        const master = await operator.master();
        const answer = await master?.client(PATIENCE_MS).append(message, 'all', options);
        return answer !== undefined && answer.status < 300;
      },
      { withinMs: WITHIN_MS },
    );
  }
  return missing.size;
}

function violation(kind: Violation['kind'], { node, answer }: Done, what: string): Violation {
  return { kind, nodeId: node.nodeId, seq: 0, sentence: `${node.nodeId}: the orphan set ${answer.id} ${what}` };
}
