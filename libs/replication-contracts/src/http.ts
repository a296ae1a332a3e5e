/** Routes, headers, media types and bodies of the traffic between nodes. Routes are paths without host or prefix. */
import type { StorageState } from './views.js';

export const HEADERS = {
  apiKey: 'x-token',
  idempotencyKey: 'idempotency-key',
  lastEventId: 'last-event-id',
  requestId: 'x-request-id',
  /**
   * Between nodes: the cluster of the caller, also where it passes a request of a client on. A node that has not joined a
   * cluster omits it.
   */
  cluster: 'x-replog-cluster',
  /** Between nodes: the protocol version that the caller speaks. */
  protocol: 'x-replog-protocol',
  /** Between nodes: the process of the caller, as in `NodeStatus.bootId`. Missing from builds that do not know it. */
  boot: 'x-replog-boot',
  /** Of an answer: the node that answered. */
  node: 'x-replog-node',
  /** Of an answer that a node got from the master: the address of the master. */
  master: 'x-replog-master',
  /** Between nodes: the node that passes a request of a client on to the master. Nobody passes it on a second time. */
  forwardedBy: 'x-replog-forwarded-by',
  /** Between nodes: the token of that node, beside the key of the client. */
  forwardToken: 'x-replog-forward-token',
} as const;

export const MEDIA = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  eventStream: 'text/event-stream',
  problem: 'application/problem+json',
  bytes: 'application/octet-stream',
} as const;

/** Control traffic between nodes: plain HTTP with a service token. */
export const SERVICE_ROUTES = {
  register: '/register',
  leave: '/replication/leave',
  claim: '/replication/claim',
  status: '/replication/status',
  ping: '/replication/ping',
  vote: '/replication/vote',
  transfer: '/replication/transfer',
  takeOver: '/replication/take-over',
  position: '/replication/position',
  records: '/replication/records',
  /** The WebSocket of the link. The master opens it to a secondary. */
  link: '/replication',
} as const;

export type Role = 'master' | 'secondary';

/** One start of a node on its data directory. */
export interface NodeStart {
  readonly incarnation: string;
  /** How often a process was started on this directory. It only grows, unless the directory comes back older. */
  readonly starts: number;
  /** Drawn at each start. */
  readonly bootId: string;
  /** The boot ids of the last starts of this directory, this one last. Missing where only the last start was noted. */
  readonly boots?: readonly string[];
}

/** What a node knows of another one. */
export interface KnownStart extends Partial<NodeStart> {
  readonly incarnation: string;
  /** From a master: the highest index that the node has acknowledged in this term. */
  readonly acknowledged?: number;
}

/** What a node tells another node about itself. */
export interface NodeStatus {
  readonly clusterId: string | null;
  readonly nodeId: string;
  readonly incarnation: string;
  /** Another one after each start. Missing from builds that do not know it. */
  readonly bootId?: string;
  /** See `NodeStart`. Missing where the start could not be counted, and from builds that do not count them. */
  readonly starts?: number;
  readonly boots?: readonly string[];
  readonly role: Role;
  /** It is master, the first record of its epoch is written, and it is not deposed. */
  readonly holdsTerm: boolean;
  /** Highest epoch that the node has voted in or followed. */
  readonly epoch: number;
  /** Where other nodes reach it; `null` while that is unknown. */
  readonly url: string | null;
  /** The master, as far as the node knows. */
  readonly master: { readonly nodeId: string; readonly url: string; readonly epoch: number } | null;
  readonly last: { readonly index: number; readonly epoch: number; readonly chain: number };
  readonly committed: number;
  /** Missing from builds that do not know it. */
  readonly storage?: StorageState;
  /**
   * The master that it has heard on its link within its ELECTION_TIMEOUT; `null` if there is none. Missing from builds
   * that do not know it.
   */
  readonly hears?: string | null;
  /** PRIORITY of the node: 0 never becomes master by itself. Missing from builds that do not say it. */
  readonly priority?: number;
  /** In the answer to a node that asks for the status: what is known here of that node. */
  readonly yours?: KnownStart;
}

/** Master → secondary: the master is alive. */
export interface PingRequest {
  readonly clusterId: string;
  readonly epoch: number;
  readonly master: { readonly nodeId: string; readonly url: string };
  /** The incarnation that the master expects. Another incarnation must register first. */
  readonly incarnation: string;
}

/** Candidate → member: asks for its vote in `epoch`. */
export interface VoteRequest {
  readonly clusterId: string;
  readonly epoch: number;
  readonly candidate: string;
  /** Missing from builds that do not say it. */
  readonly by?: ElectionCause;
  /** The last record of the candidate. Missing from builds that do not send it. */
  readonly last?: { readonly index: number; readonly epoch: number };
  /** Where the candidate is reached. Default: the address the request came from, with `port`. */
  readonly url?: string;
  /** Missing from builds that do not send it. */
  readonly port?: number;
}

/**
 * What began an election: a node that was started or has lost its term and prefers to be master, members that have lost
 * their master, or an operator, which a transfer counts as.
 */
export type ElectionCause = 'start' | 'failover' | 'operator';

/** Why a member refuses its vote. */
export type VoteRefusal =
  | 'VOTED_HIGHER'
  | 'VOTED_OTHER'
  | 'MASTER_ALIVE'
  /** It hears another master on its link. */
  | 'MASTER_HEARD'
  /** An operator has paused automatic failover. */
  | 'FAILOVER_PAUSED'
  | 'FOREIGN_CLUSTER'
  | 'LOG_DAMAGED'
  | 'STORAGE_STALLED'
  /** The member has a newer log, and the membership in it does not list the candidate. */
  | 'NOT_A_MEMBER'
  /** Two processes live under one identity: the candidate's, or that of the node that is asked. */
  | 'NODE_ID_TAKEN';

/**
 * The answer of a member to a candidate. Over HTTP a refusal is a problem with status 409 that has `reason`,
 * `votedEpoch` and `node` of this answer.
 */
export interface VoteAnswer {
  readonly granted: boolean;
  /** Why the vote was refused; `null` if it was granted. */
  readonly reason: VoteRefusal | null;
  /** The highest epoch of the node. It refuses every lower one. */
  readonly votedEpoch: number;
  readonly status: NodeStatus;
}

/** Candidate → master: asks the master to transfer its term. */
export interface TransferRequest {
  readonly clusterId: string;
  readonly candidate: string;
}

/** The master has stepped down, and the candidate has every record up to `lastIndex`, the end of the log of the master. */
export interface TransferAnswer {
  readonly epoch: number;
  readonly lastIndex: number;
}

/** Master → successor: the master stops, and asks the successor to take over its term. The answer is its status as master. */
export interface TakeOverRequest {
  readonly clusterId: string;
  readonly master: string;
}

/** Secondary → master: asks to join the cluster, or tells the master that it is back. */
export interface RegisterRequest {
  readonly clusterId: string | null;
  readonly nodeId: string;
  readonly incarnation: string;
  /** Where the master reaches the node. Default: the address the request came from, with `port`. */
  readonly url?: string;
  readonly port: number;
  readonly epoch: number;
  readonly lastIndex: number;
}

/** Secondary → master: asks to be taken out of the membership, because it is about to stop. */
export interface LeaveRequest {
  readonly clusterId: string;
  readonly nodeId: string;
  readonly incarnation: string;
}

/**
 * Member → node of another cluster: the caller's cluster lists the node as a member. A node that has just founded its
 * cluster, has no messages and is alone there gives it up and joins the caller's.
 */
export interface ClaimRequest {
  /** The cluster of the caller. The call names it here and not in its header, since it is another one on purpose. */
  readonly clusterId: string;
  readonly nodeId: string;
  /** Where the caller is reached. Default: the address the request came from, with `port`. */
  readonly url?: string;
  readonly port: number;
  /** The node that is claimed, as the membership of the caller lists it. */
  readonly listed: { readonly nodeId: string; readonly url: string };
}

/** The answer of the master to a registration. */
export interface RegisterAnswer {
  readonly clusterId: string;
  readonly epoch: number;
  readonly master: { readonly nodeId: string; readonly url: string };
  /** The address that the master and the members use for the node from now on. */
  readonly url: string;
  readonly state: 'JOINING' | 'MEMBER';
}
