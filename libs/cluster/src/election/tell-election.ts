/** What every node does with the first record of an epoch, its own or one that it was sent: remember, say and count it. */
import { standingOf } from '@replog/core/membership/membership.js';
import { electionSentence } from '@replog/core/election/election-sentence.js';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import type { Election } from '../history/elections.js';
import type { NodeParts } from '../node/node-parts.js';

export interface TellPorts extends Pick<NodeParts, 'node' | 'logger'> {
  readonly metrics: Pick<NodeMetrics, 'countMasterChange'>;
}

/** A node that joins fetches the elections of years: those it remembers, and does not tell as news. */
export function tellElection({ node, logger, metrics }: TellPorts, election: Election): void {
  node.elections.began(election);
  if (standingOf(node.membership, node) !== 'member') return;
  const { epoch, cause, master, lost, votes, without, tookMs } = election;
  metrics.countMasterChange(cause ?? 'unknown');
  const level = cause === 'force' ? 'warn' : 'info';
  logger[level]({ epoch, master, cause, lost, votes, without, tookMs }, electionSentence(election));
}
