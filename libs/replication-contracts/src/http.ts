/** Routes, headers and media types that both ends must spell alike. Paths carry no leading host or prefix. */

export const HEADERS = {
  apiKey: 'x-token',
  idempotencyKey: 'idempotency-key',
  lastEventId: 'last-event-id',
  requestId: 'x-request-id',
  /** Between nodes: the cluster the caller belongs to. A node that has joined none sends none. */
  cluster: 'x-replog-cluster',
  /** Answer header: the node that answered. */
  node: 'x-replog-node',
} as const;

export const MEDIA = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  eventStream: 'text/event-stream',
  problem: 'application/problem+json',
  bytes: 'application/octet-stream',
} as const;

/** Control traffic between nodes: plain HTTP under the service token. */
export const SERVICE_ROUTES = {
  register: '/register',
  status: '/replication/status',
  ping: '/replication/ping',
  vote: '/replication/vote',
  transfer: '/replication/transfer',
  position: '/replication/position',
  records: '/replication/records',
  /** The WebSocket of the link, opened by the master at a secondary. */
  link: '/replication',
} as const;

export type Role = 'master' | 'secondary';

/** What a node says of itself to another node. */
export interface NodeStatus {
  readonly clusterId: string | null;
  readonly nodeId: string;
  readonly incarnation: string;
  readonly role: Role;
  /** Is it a master in office: first record of its epoch written, not deposed? */
  readonly holdsTerm: boolean;
  /** Highest epoch the node has promised or holds. */
  readonly epoch: number;
  readonly url: string | null;
  /** The master as far as the node knows. */
  readonly master: { readonly nodeId: string; readonly url: string; readonly epoch: number } | null;
  readonly last: { readonly index: number; readonly epoch: number; readonly chain: number };
  readonly committed: number;
}

export interface PingRequest {
  readonly clusterId: string;
  readonly epoch: number;
  readonly master: { readonly nodeId: string; readonly url: string };
  /** Which incarnation the master means: one that it does not know yet has to register first. */
  readonly incarnation: string;
}

export interface VoteRequest {
  readonly clusterId: string;
  readonly epoch: number;
  readonly candidate: string;
}

export type VoteRefusal = 'VOTED_HIGHER' | 'VOTED_OTHER' | 'MASTER_ALIVE' | 'FOREIGN_CLUSTER' | 'LOG_DAMAGED';

/** Over HTTP a refusal is a problem with status 409, whose `reason`, `votedEpoch` and `node` are of this answer. */
export interface VoteAnswer {
  readonly granted: boolean;
  /** Why not, when not granted. */
  readonly reason: VoteRefusal | null;
  /** The epoch the node now holds to. */
  readonly votedEpoch: number;
  readonly status: NodeStatus;
}

export interface TransferRequest {
  readonly clusterId: string;
  readonly candidate: string;
}

/** The master has given up office; the candidate has everything it had. */
export interface TransferAnswer {
  readonly epoch: number;
  readonly lastIndex: number;
}

export interface RegisterRequest {
  readonly clusterId: string | null;
  readonly nodeId: string;
  readonly incarnation: string;
  /** How the master reaches the node; without it, the address the request came from and `port`. */
  readonly url?: string;
  readonly port: number;
  readonly epoch: number;
  readonly lastIndex: number;
}

export interface RegisterAnswer {
  readonly clusterId: string;
  readonly epoch: number;
  readonly master: { readonly nodeId: string; readonly url: string };
  /** The address under which the secondary is known from now on. */
  readonly url: string;
  readonly state: 'JOINING' | 'MEMBER';
}
