/** Bugs in elections that no operator asked for. */
import { isPaused } from '@replog/core/election/failover.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import { hidingLogs } from './promotion.js';
import type { Plant } from './plant.js';

/** How often a node with a bug in its watch looks at its master. */
const LOOK_MS = 100;

/** A member gives its vote to whoever asks, also while it hears its master. */
export const voteWhileHeard: Plant = {
  name: 'vote while the master is heard',
  foundWithin: 20,
  steps: 3_500,
  failover: 'auto',
  story: 'master cut off from some',
  node: ({ votes }) => {
    const vote = votes.vote.bind(votes);
    votes.vote = (request) => vote({ ...request, by: 'operator' });
  },
};

/** A member that has lost its master campaigns, whatever the others say. */
export const withoutPoll: Plant = {
  name: 'campaign without a poll',
  foundWithin: 10,
  steps: 3_500,
  failover: 'auto',
  story: 'master cut off from some',
  node: ({ node }) => campaignAlways(node),
};

/** A master that hears nobody stays. */
export const withoutCheckQuorum: Plant = {
  name: 'stay master without being heard by a majority',
  foundWithin: 10,
  steps: 3_500,
  failover: 'auto',
  story: 'master cut off from some',
  master: ({ registry: { secondaries } }) => {
    secondaries.silentMs = () => 0;
  },
};

/** A ping of the master counts as a word on the link. */
export const pingIsHeard: Plant = {
  name: 'begin the wait for the master anew with a ping',
  foundWithin: 20,
  steps: 3_500,
  failover: 'auto',
  story: 'link open and dead',
  door: ({ peer, node }) => {
    const ping = peer.ping.bind(peer);
    peer.ping = (request) => {
      const status = ping(request);
      node.hearing.heard(request.master.nodeId);
      return status;
    };
  },
};

/** A candidate of a failover gives way to nobody and goes on with its own log, whoever has more: it was first. */
export const priorityBeforeLog: Plant = {
  name: 'priority before a more advanced log',
  foundWithin: 20,
  steps: 4_500,
  failover: 'auto',
  story: 'master dies after it was cut off from a few',
  node: ({ node }) => campaignAlways(node, (why) => why.endsWith('goes first')),
  transport: (transport) => hidingLogs(transport, ({ by }) => by === 'failover'),
};

/** A node that is never to be master forgets that. */
export const neverMasterCampaigns: Plant = {
  name: 'a node with PRIORITY=0 campaigns',
  foundWithin: 10,
  steps: 3_500,
  failover: 'auto',
  story: 'master killed',
  node: ({ config }) => {
    if (config.priority === 0) Object.assign(config, { priority: 100 });
  },
};

/** An operator has paused failover, and a member that has lost its master goes on. */
export const pauseIgnored: Plant = {
  name: 'ignore that failover is paused',
  foundWithin: 20,
  steps: 3_500,
  failover: 'auto',
  story: 'failover paused',
  node: (parts) => {
    const { node, clock } = parts;
    campaignAlways(node, (why) => why.startsWith('failover is paused'));
    watchAnyway(parts, () => isPaused(node.membership, clock.wallMs()));
  },
};

/** A vote is answered while it is being written. */
export const voteBeforeSync: Plant = {
  name: 'answer a vote before it is on disk',
  foundWithin: 10,
  steps: 3_500,
  failover: 'auto',
  story: 'master killed',
  state: (state) => {
    const save = state.save.bind(state);
    state.save = async (changes) => {
      const saved = save(changes);
      if (changes.promised === undefined || changes.promised === null) await saved;
    };
    return state;
  },
};

/** What its own poll told this node to wait for, it does not. */
function campaignAlways(node: LocalNode, mayIgnore: (why: string) => boolean = () => true): void {
  const { roles } = node;
  const give = roles.give.bind(roles);
  roles.give = (event) => {
    const { state, lostMaster } = roles.value;
    const isIgnored = event.kind === 'pollDecided' && event.result.kind === 'wait' && mayIgnore(event.result.reason);
    if (!isIgnored || state.kind !== 'polling' || lostMaster === null) return give(event);
    give({ kind: 'pollDecided', result: { kind: 'campaign', epoch: node.epoch + 1 } });
  };
}

/** Looks after the master where the node itself does not. */
function watchAnyway(parts: NodeParts, may: () => boolean): void {
  const { node, clock, config } = parts;
  const look = (): void => {
    clock.after(LOOK_MS, look);
    const { silentMs, lastMaster } = node.hearing;
    if (!node.mayRegister || silentMs < 2 * config.electionTimeoutMs || !may()) return;
    node.roles.give({ kind: 'masterLost', nodeId: lastMaster, silentMs });
  };
  clock.after(LOOK_MS, look);
}

export const FAILOVER_PLANTS: readonly Plant[] = [
  ...[voteWhileHeard, withoutPoll, withoutCheckQuorum, pingIsHeard],
  ...[priorityBeforeLog, neverMasterCampaigns, pauseIgnored, voteBeforeSync],
];
