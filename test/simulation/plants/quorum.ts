/** Bugs in what counts as a majority. */
import { RecordKind } from '@replog/contracts/record.js';
import { afterLeaving } from '@replog/core/membership/membership.js';
import { highestIndexHeldBy, majorityOf } from '@replog/core/quorum/majority.js';
import type { AcknowledgementTable } from '@replog/core/quorum/acknowledgement-table.js';
import type { MasterTerm } from '@replog/master/term/master-term.js';
import type { Plant } from './plant.js';

/** The parts of the table that the bugs replace. */
type Table = Pick<AcknowledgementTable, 'satisfiedUpTo' | 'committedUpTo' | 'beginEpoch'>;

function tableOf({ replication: { ledger } }: MasterTerm): Table {
  return ledger.acknowledgements as Table;
}

/** Every acknowledgement counts, from a member or not. */
export const countJoining: Plant = {
  name: 'count a joining node',
  foundWithin: 60,
  steps: 600,
  master: (term) => {
    const { node } = term;
    const { ledger } = term.replication;
    const { secondaries } = term.registry;
    const held = (): number[] => secondaries.entries.map(({ peer }) => ledger.acknowledgedBy(peer));
    const table = tableOf(term);
    table.satisfiedUpTo = (count) => Math.min(ledger.masterDurable, highestIndexHeldBy(count, held()));
    table.committedUpTo = () => {
      const { members } = node.membership;
      const index = highestIndexHeldBy(majorityOf(members.length), [ledger.masterDurable, ...held()]);
      return index >= ledger.epochStart ? index : 0;
    };
  },
};

/** A record of an older epoch is committed as soon as a majority has it. */
export const commitOlderEpoch: Plant = {
  name: "commit an older epoch's record by count alone",
  foundWithin: 10,
  master: (term) => {
    const table = tableOf(term);
    const begin = table.beginEpoch.bind(table);
    table.beginEpoch = () => begin(0);
  },
};

/** The majority is counted over the members that answer. */
export const quorumOverTheLiving: Plant = {
  name: 'quorum over the living',
  foundWithin: 10,
  master: (term) => {
    const { node } = term;
    const { ledger } = term.replication;
    const { secondaries } = term.registry;
    const living = (): number[] =>
      node.membership.members
        .filter((member) => secondaries.isReachable(member))
        .map((member) => ledger.acknowledgedBy(member));
    const table = tableOf(term);
    table.committedUpTo = () => {
      const held = [ledger.masterDurable, ...living()];
      const index = highestIndexHeldBy(majorityOf(held.length), held);
      return index >= ledger.epochStart ? index : 0;
    };
    Object.defineProperty(secondaries, 'hasQuorum', { get: () => true });
    table.satisfiedUpTo = (count) => {
      const held = living();
      return Math.min(ledger.masterDurable, highestIndexHeldBy(Math.min(count, majorityOf(held.length + 1) - 1), held));
    };
  },
};

/** A change of members does not wait until the one before is committed. */
export const twoChangesAtOnce: Plant = {
  name: 'two membership changes at once',
  foundWithin: 10,
  master: ({ replication: { memberships } }) => {
    Object.defineProperty(memberships, 'mayChange', { get: () => true });
  },
};

/** A member that leaves no longer counts here, and the log does not say so: the next master counts it again. */
export const leaveWithoutRecord: Plant = {
  name: 'a member leaves without a record',
  foundWithin: 60,
  master: ({ node, replication: { memberships } }) => {
    memberships.leave = (leaving) => {
      if (memberships.mayChange) node.membershipWritten(afterLeaving(node.membership, leaving), node.membershipIndex);
      return Promise.resolve(node.membershipIndex);
    };
  },
};

/** A killed master goes on in its old epoch, without an election. */
export const sameEpochAfterRestart: Plant = {
  name: 'same epoch after a restart',
  foundWithin: 10,
  resume: (parts, roles, log) => {
    const start = log.findLast(({ kind }) => kind === RecordKind.EpochStart);
    if (start === undefined || parts.config.role !== 'master') return false;
    const { master } = JSON.parse(start.text) as { master: string };
    if (master !== parts.node.nodeId || start.epoch !== parts.node.epoch) return false;
    const { epoch, roles: machine } = parts.node;
    const epochs = { epoch, epochStartIndex: start.index };
    machine.give({ kind: 'started', prefers: 'master', mayFound: false, damage: null });
    machine.give({ kind: 'pollDecided', result: { kind: 'campaign', epoch } });
    machine.give({ kind: 'campaignWon', ...epochs, heldEpoch: epoch });
    roles.beginMaster(epochs);
    return true;
  },
};
