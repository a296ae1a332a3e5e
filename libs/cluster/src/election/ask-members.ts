/** A master asks its members whether they know of an epoch above its own. It ends at the first that does. */
import type { NodeStatus } from '@replog/contracts/http.js';
import { whatMembersSay } from '@replog/core/election/higher-epoch.js';
import type { MembersSay } from '@replog/core/election/higher-epoch.js';
import type { NodeParts } from '../node/node-parts.js';

export async function askMembers(parts: Pick<NodeParts, 'node' | 'transport' | 'config'>): Promise<MembersSay> {
  const { node, transport, config } = parts;
  const answers: NodeStatus[] = [];
  const others = node.membership.members.filter(({ nodeId }) => nodeId !== node.nodeId);
  await new Promise<void>((resolve) => {
    const ask = async (url: string): Promise<void> => {
      answers.push(await transport.status(url, { timeoutMs: config.healthcheckTimeoutMs }));
      if (whatMembersSay(node, answers).kind === 'over') resolve();
    };
    const asked = others.map(({ nodeId, url }) => ask(node.addressOf(nodeId) ?? url));
    void Promise.allSettled(asked).then(() => resolve());
  });
  return whatMembersSay(node, answers);
}
