/** Bugs in transfers and promotions, and in what an operator is told about them. */
import { FORCED_EPOCH_LEAP } from '@replog/contracts/limits.js';
import type { VoteRequest } from '@replog/contracts/http.js';
import type { Plant } from './plant.js';

/** The master takes its successor for caught up at once. */
export const transferAtOnce: Plant = {
  name: 'transfer without waiting for the last records',
  foundWithin: 30,
  steps: 2_500,
  master: ({ transfer: transfers, replication: { ledger }, node }) => {
    const transfer = transfers.transfer.bind(transfers);
    const acknowledgedBy = ledger.acknowledgedBy.bind(ledger);
    transfers.transfer = async (request) => {
      ledger.acknowledgedBy = (secondary) =>
        secondary.nodeId === request.candidate ? node.store.last.index : acknowledgedBy(secondary);
      try {
        return await transfer(request);
      } finally {
        ledger.acknowledgedBy = acknowledgedBy;
      }
    };
  },
};

/** The winner ignores the logs of its voters and goes on with its own. */
export const electionWithOwnLog: Plant = {
  name: 'win an election with the own log',
  foundWithin: 10,
  transport: (transport) => hidingLogs(transport, () => true),
};

/** The same for a forced promotion. */
export const forceWithOwnLog: Plant = {
  name: 'force a promotion with the own log',
  foundWithin: 20,
  steps: 600,
  showsIn: 'all phases',
  transport: (transport) => hidingLogs(transport, ({ epoch }) => epoch > FORCED_EPOCH_LEAP),
};

/** The forecast does not name the records that others hold beyond the winning log. */
export const forecastWithoutOrphans: Plant = {
  name: 'forecast without the orphans',
  foundWithin: 30,
  steps: 2_500,
  promotion: (view) => (view.outcome === 'forecast' ? { ...view, orphaned: [] } : view),
};

/** The forecast counts silent members as heard. */
export const forecastWithoutTheSilent: Plant = {
  name: 'forecast that passes over who is unreachable',
  foundWithin: 20,
  steps: 2_500,
  promotion: (view) => (view.outcome === 'forecast' ? { ...view, unreachable: [] } : view),
};

/** The forecast names the log of the asked node as the winning one. */
export const forecastOfTheAsked: Plant = {
  name: 'forecast that takes the own log for the most advanced',
  foundWithin: 30,
  steps: 2_500,
  promotion: (view, { store, nodeId }) => {
    const { index, epoch } = store.last;
    const mostAdvanced = { nodeId, lastIndex: index, lastEpoch: epoch };
    return view.outcome === 'forecast' ? { ...view, mostAdvanced } : view;
  },
};

/** The answer to a forced promotion does not say what may be lost. */
export const forceWithoutAWord: Plant = {
  name: 'force that does not say what may be lost',
  foundWithin: 10,
  steps: 600,
  showsIn: 'all phases',
  promotion: (view) => ({ ...view, mayBeLost: null }),
};

/** A node that was lost and returns as it was holds on to what it believes to be committed. */
export const committedForEver: Plant = {
  name: 'hold on to what was committed before a force',
  foundWithin: 20,
  steps: 600,
  showsIn: 'all phases',
  secondary: ({ follower: { forces } }) => {
    forces.isForced = () => Promise.resolve(false);
  },
};

/** A master in office takes itself for master enough, whoever is lost. */
export const masterWithoutAWayOut: Plant = {
  name: 'answer a force at the master with already-master',
  foundWithin: 10,
  steps: 600,
  showsIn: 'all phases',
  master: ({ node }) => {
    const { roles } = node;
    const give = roles.give.bind(roles);
    roles.give = (event) =>
      give(event.kind === 'promotionRequested' && node.holdsTerm ? { ...event, force: false } : event);
  },
};

/** The logs of voters are empty for a candidate. */
export function hidingLogs(
  transport: Parameters<NonNullable<Plant['transport']>>[0],
  isHidden: (request: VoteRequest) => boolean,
): Parameters<NonNullable<Plant['transport']>>[0] {
  const vote = transport.vote.bind(transport);
  return Object.assign(Object.create(transport) as typeof transport, {
    vote: async (...given: Parameters<typeof vote>) => {
      const answer = await vote(...given);
      if (!isHidden(given[1])) return answer;
      return { ...answer, status: { ...answer.status, last: { index: 0, epoch: 0, chain: 0 } } };
    },
  });
}
