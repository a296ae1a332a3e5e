/** The errors between nodes: who they are, and which epoch they are in. A part of the table in `error-kinds.ts`. */
import type { ErrorKind } from './http-error-kinds.js';

export const NODE_ERROR_KINDS = {
  FOREIGN_CLUSTER: {
    status: 409,
    retriable: false,
    title: 'The node belongs to another cluster',
    advice:
      'Point the node at the master of its own cluster, or give it an empty data directory so that it can join this one.',
  },
  PROTOCOL_UNKNOWN: {
    status: 409,
    retriable: false,
    title: 'The protocol version is not known here',
    advice:
      'Between nodes: run builds on all nodes that are at most one release apart. Upgrade one node after the other, the master last. `oldest` and `newest` say what this node speaks.',
  },
  NODE_ID_TAKEN: {
    status: 409,
    retriable: false,
    title: 'Another living node has this node id',
    advice:
      'Give the node another `NODE_ID`, or stop the other node. A node started from a copy of a data directory needs an empty directory as well.',
  },
  NODE_RESTORED: {
    status: 409,
    retriable: false,
    title: 'The node has less than it acknowledged',
    advice:
      'Nothing: the data directory of the node was restored from an older copy, so the node takes a new incarnation by itself and joins again as a learner, which does not count until it has caught up. A build that cannot do this needs an empty data directory.',
  },
  NODE_REMOVED: {
    status: 409,
    retriable: false,
    title: 'An operator has removed the node',
    advice:
      'Start the node again if it is to come back: it joins as a new incarnation and keeps its log. While it goes on running it is not ready and serves no messages.',
  },
  TOO_MANY_SECONDARIES: {
    status: 409,
    retriable: false,
    title: 'The cluster is full',
    advice: 'Remove a member with `DELETE /secondaries/{nodeId}`, or raise `MAX_SECONDARIES`.',
  },
  STALE_EPOCH: {
    status: 409,
    retriable: false,
    title: 'The epoch is over',
    advice:
      'Between nodes: the sender belongs to an epoch that is over. If it was the master, it steps down by itself. `GET /cluster` of the other nodes names the current master.',
  },
  EPOCH_UNKNOWN: {
    status: 409,
    retriable: true,
    title: 'No member knows the epoch of the node',
    advice:
      'Between nodes: the node is no member and voted in an epoch that nobody won. It forgets its votes and registers again by itself. `epoch` is that of the master.',
  },
  EPOCH_TAKEN: {
    status: 409,
    retriable: true,
    title: 'The vote of this epoch went to another candidate',
    advice:
      'Between nodes: the candidate campaigns again for a higher epoch by itself, unless the other candidate has won.',
  },
} as const satisfies Record<string, ErrorKind>;
