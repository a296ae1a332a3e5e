/** A node with an empty directory asks the addresses of `PEERS` before it founds a cluster, again and again until that is decided. */
import { decideFounding } from '@replog/core/membership/founding.js';
import type { Founding } from '@replog/core/membership/founding.js';
import type { NodeParts } from '../node/node-parts.js';

type Parts = Pick<NodeParts, 'node' | 'transport' | 'config' | 'clock' | 'logger'>;

/** The others may just be starting. */
const AGAIN_MS = 500;

/** `null`: `signal` came first. */
export async function askPeers(parts: Parts, signal: AbortSignal): Promise<Exclude<Founding, { kind: 'wait' }> | null> {
  const { node, config, clock, logger } = parts;
  const others = config.peers.filter((peer) => peer !== node.url);
  let isSaid = false;
  while (!signal.aborted) {
    const decision = decideFounding(node.nodeId, others.length, await answersOf(others, parts));
    if (decision.kind !== 'wait') return decision;
    const { answered, needed } = decision;
    if (!isSaid) {
      logger.warn(
        { peers: others, answered, needed },
        `the data directory is empty, and ${answered} of the ${needed} PEERS answer that are needed to know that there is no cluster yet: waiting for them`,
      );
    }
    isSaid = true;
    await clock.sleep(AGAIN_MS, signal);
  }
  return null;
}

async function answersOf(others: readonly string[], { transport, config }: Parts) {
  const limits = { timeoutMs: config.healthcheckTimeoutMs };
  const answers = await Promise.allSettled(others.map((peer) => transport.status(peer, limits)));
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}
