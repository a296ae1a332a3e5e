/** Bugs of how office changes hands, and of what an operator is told of it. */
import { FORCED_EPOCH_LEAP } from '@replog/contracts/limits.js';
import type { Plant } from './plant.js';

/** The successor is taken for one that has everything as soon as it is asked for. */
export const transferAtOnce: Plant = {
  name: 'hand over without waiting for the last records',
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

/** Whatever the others have that promised: the candidate goes on with its own log. */
export const officeWithOwnLog: Plant = {
  name: 'take office with the own log',
  foundWithin: 10,
  transport: (transport) => hidingLogs(transport, () => true),
};

/** The same, where office is taken by force. */
export const forceWithOwnLog: Plant = {
  name: 'take office by force with the own log',
  foundWithin: 20,
  steps: 600,
  showsIn: 'all phases',
  transport: (transport) => hidingLogs(transport, (epoch) => epoch > FORCED_EPOCH_LEAP),
};

/** A forecast says nothing of what others hold beyond the log that wins. */
export const forecastWithoutOrphans: Plant = {
  name: 'forecast without the orphans',
  foundWithin: 30,
  steps: 2_500,
  promotion: (view) => (view.outcome === 'forecast' ? { ...view, orphaned: [] } : view),
};

/** A forecast counts who does not answer among those who were heard. */
export const forecastWithoutTheSilent: Plant = {
  name: 'forecast that passes over who is unreachable',
  foundWithin: 20,
  steps: 2_500,
  promotion: (view) => (view.outcome === 'forecast' ? { ...view, unreachable: [] } : view),
};

/** A forecast takes the log of whoever is asked for the one that wins. */
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

/** Office by force is answered like any other: not a word of what may be lost. */
export const forceWithoutAWord: Plant = {
  name: 'force that does not say what may be lost',
  foundWithin: 10,
  steps: 600,
  showsIn: 'all phases',
  promotion: (view) => ({ ...view, mayBeLost: null }),
};

function hidingLogs(
  transport: Parameters<NonNullable<Plant['transport']>>[0],
  isHidden: (epoch: number) => boolean,
): Parameters<NonNullable<Plant['transport']>>[0] {
  const promise = transport.vote.bind(transport);
  return Object.assign(Object.create(transport) as typeof transport, {
    vote: async (...given: Parameters<typeof promise>) => {
      const answer = await promise(...given);
      if (!isHidden(given[1].epoch)) return answer;
      return { ...answer, status: { ...answer.status, last: { index: 0, epoch: 0, chain: 0 } } };
    },
  });
}
