/** An election in one sentence, for the log of every node: who won, why there was one, who voted, who did not and why. */
import type { EpochStart, MasterCause } from '@replog/contracts/payloads.js';

type Facts = Pick<EpochStart, 'master' | 'cause' | 'votes' | 'without' | 'lost' | 'tookMs'> & {
  readonly epoch: number;
};

export function electionSentence(election: Facts): string {
  const { master, epoch, votes, without = [], tookMs } = election;
  const parts = [
    ...(votes === undefined ? [] : [`votes of ${votes.join(' ')}`]),
    ...(without.length === 0
      ? []
      : [`without ${without.map(({ nodeId, reason }) => `${nodeId} (${reason})`).join(', ')}`]),
    ...(tookMs === undefined ? [] : [`took ${seconds(tookMs)}`]),
  ];
  const why = reasonOf(election);
  const details = parts.length === 0 ? '' : `: ${parts.join('; ')}`;
  return `${master} won the election for epoch ${epoch}${why === null ? '' : `, ${why}`}${details}`;
}

function reasonOf({ cause, lost }: Facts): string | null {
  if (cause === 'failover' && lost !== undefined) {
    const whom = lost.nodeId === null ? 'no master' : `nothing of ${lost.nodeId}`;
    return `because it heard ${whom} for ${seconds(lost.silentMs)}`;
  }
  return cause === undefined ? null : REASONS[cause];
}

const REASONS: Readonly<Record<MasterCause, string>> = {
  founded: 'as the founder of the cluster',
  start: 'because it was started',
  failover: 'because it had lost its master',
  operator: 'because an operator promoted it',
  transfer: 'to which the master before transferred its term',
  force: 'because an operator promoted it by force',
};

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
