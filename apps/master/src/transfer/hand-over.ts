/**
 * A master that is stopped transfers its term first, where members elect a master by themselves: they would do it anyway, after
 * having missed this one for a while. It asks one member after the other to take over; each asks for a transfer as in a promotion.
 */
import { isAutomatic } from '@replog/core/election/failover.js';
import { successorsOf } from '@replog/core/election/successors.js';
import type { SuccessorFacts } from '@replog/core/election/successors.js';
import type { NodeStatus } from '@replog/contracts/http.js';
import type { MasterTerm } from '../term/master-term.js';
import type { MasterTermPorts } from '../term/term-ports.js';

type Ports = Pick<MasterTermPorts, 'node' | 'transport' | 'clock' | 'config' | 'logger'>;

interface Successor extends SuccessorFacts {
  readonly url: string;
}

/** `term`: the one of this node, if it holds one. Resolves within SHUTDOWN_GRACE, whether another node is master or not. */
export async function handOver(term: MasterTerm | null, ports: Ports): Promise<void> {
  const { node, clock, config, logger } = ports;
  if (term === null || !isAutomatic(config, node.membership, clock.wallMs())) return;
  const untilMs = clock.nowMs() + config.shutdownGraceMs;
  for (const { nodeId, url } of successorsOf(membersOf(term), node.store.last.index)) {
    const leftMs = untilMs - clock.nowMs();
    if (leftMs <= 0 || !node.holdsTerm) break;
    try {
      follow(await ask(url, Math.min(leftMs, config.electionTimeoutMs), ports), ports);
      logger.info({ successor: nodeId }, `${nodeId} has taken over the term`);
      return;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      logger.info({ successor: nodeId }, `${nodeId} does not take over the term: ${why}`);
    }
  }
  if (node.holdsTerm) logger.info('no member takes over the term: the others elect a master when they miss this one');
}

function ask(url: string, timeoutMs: number, { node, transport }: Ports): Promise<NodeStatus> {
  return transport.takeOver(url, { clusterId: node.clusterId as string, master: node.nodeId }, { timeoutMs });
}

/** What is held here goes on to the new master at once, and not only after its first ping. */
function follow({ nodeId, url, epoch, holdsTerm }: NodeStatus, { node, clock }: Ports): void {
  if (holdsTerm && url !== null) node.heardMaster({ nodeId, url, epoch }, clock.nowMs());
}

function membersOf({ node, registry: { secondaries }, replication: { ledger } }: MasterTerm): Successor[] {
  return node.membership.members.flatMap((member) => {
    const entry = secondaries.find(member.nodeId);
    if (entry === undefined) return [];
    const { priority, link, peer } = entry;
    const isHealthy = secondaries.isHealthy(member) && link.state === 'streaming';
    return [{ nodeId: member.nodeId, url: peer.url, isHealthy, acknowledged: ledger.acknowledgedBy(member), priority }];
  });
}
