/**
 * The codes with which a node refuses a request, as in `docs/errors.md`. The same table as the nodes have, without what the
 * advice on that page says: a test holds the two equal.
 */
export interface ErrorKind {
  readonly status: number;
  /** The same request may succeed later. A problem document may say otherwise of its own case. */
  readonly retriable: boolean;
  readonly title: string;
}

export const ERROR_TABLE = {
  MALFORMED_REQUEST: { status: 400, retriable: false, title: 'Not a valid HTTP/1.1 request' },
  ROUTE_NOT_FOUND: { status: 404, retriable: false, title: 'There is no such route' },
  METHOD_NOT_ALLOWED: { status: 405, retriable: false, title: 'This route does not take this method' },
  NOT_ACCEPTABLE: { status: 406, retriable: false, title: 'This route gives none of the accepted types' },
  REQUEST_TIMEOUT: { status: 408, retriable: true, title: 'The request did not arrive in time' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retriable: false, title: 'The content type is not supported' },
  UNSUPPORTED_ENCODING: { status: 415, retriable: false, title: 'The content encoding is not supported' },
  EXPECTATION_UNKNOWN: { status: 417, retriable: false, title: 'The node does not know this expectation' },
  HEAD_TOO_LARGE: { status: 431, retriable: false, title: 'The head of the request is too large' },
  METHOD_UNKNOWN: { status: 501, retriable: false, title: 'The node does not know this method' },
  INVALID_BODY: { status: 400, retriable: false, title: 'The body is not valid for this route' },
  INVALID_LINE: { status: 400, retriable: false, title: 'A line of the batch is not valid' },
  INVALID_PARAMETER: { status: 400, retriable: false, title: 'A parameter is not valid' },
  INVALID_WRITE_CONCERN: { status: 400, retriable: false, title: 'The write concern is not valid' },
  INVALID_IDEMPOTENCY_KEY: { status: 400, retriable: false, title: 'The idempotency key is not valid' },
  UNAUTHENTICATED: { status: 401, retriable: false, title: 'No valid key or token' },
  FORBIDDEN: { status: 403, retriable: false, title: 'This key is not allowed on this route' },
  NOT_FOUND: { status: 404, retriable: false, title: 'Not found' },
  HISTORY_CHANGED: { status: 409, retriable: false, title: 'The log no longer has this place' },
  WOULD_LOSE_MAJORITY: { status: 409, retriable: false, title: 'This would leave no majority' },
  CHANGE_IN_PROGRESS: { status: 409, retriable: true, title: 'Another membership change is not committed yet' },
  FOREIGN_CLUSTER: { status: 409, retriable: false, title: 'The node belongs to another cluster' },
  PROTOCOL_UNKNOWN: { status: 409, retriable: false, title: 'The protocol version is not known here' },
  NODE_ID_TAKEN: { status: 409, retriable: false, title: 'Another living node has this node id' },
  NODE_RESTORED: { status: 409, retriable: false, title: 'The node has less than it acknowledged' },
  NODE_REMOVED: { status: 409, retriable: false, title: 'An operator has removed the node' },
  TOO_MANY_SECONDARIES: { status: 409, retriable: false, title: 'The cluster is full' },
  STALE_EPOCH: { status: 409, retriable: false, title: 'The epoch is over' },
  EPOCH_UNKNOWN: { status: 409, retriable: true, title: 'No member knows the epoch of the node' },
  EPOCH_TAKEN: { status: 409, retriable: true, title: 'The vote of this epoch went to another candidate' },
  NOT_A_MEMBER: { status: 409, retriable: true, title: 'The node is not a member' },
  NO_MAJORITY: { status: 409, retriable: true, title: 'No majority of the members answers' },
  FORCE_NOT_NEEDED: { status: 409, retriable: false, title: 'A majority answers' },
  TRANSFER_REFUSED: { status: 409, retriable: true, title: 'The living master refused the transfer' },
  PROMOTION_FAILED: { status: 409, retriable: true, title: 'The election was not won' },
  LOG_DAMAGED: { status: 409, retriable: true, title: 'The log of the node is damaged' },
  MASTER_ALIVE: { status: 409, retriable: false, title: 'There is a living master' },
  FAILOVER_PAUSED: { status: 409, retriable: true, title: 'Automatic failover is paused' },
  MESSAGE_TOO_LARGE: { status: 413, retriable: false, title: 'The message is too large' },
  BATCH_TOO_LARGE: { status: 413, retriable: false, title: 'The batch is too large' },
  ADDRESS_UNREACHABLE: { status: 422, retriable: true, title: 'The address of the node does not answer' },
  KEY_REUSED: { status: 422, retriable: false, title: 'The idempotency key was used with another message' },
  NOT_MASTER: { status: 307, retriable: true, title: 'This node is not the master' },
  INTERNAL: { status: 500, retriable: true, title: 'The node had an internal error' },
  CORRUPT_RECORD: { status: 500, retriable: false, title: 'A record on disk is damaged' },
  NO_MASTER: { status: 503, retriable: true, title: 'No master is known' },
  NO_QUORUM: { status: 503, retriable: true, title: 'A majority of the members is unreachable' },
  OVERLOADED: { status: 503, retriable: true, title: 'Too much is in flight' },
  OUTCOME_UNKNOWN: { status: 504, retriable: false, title: 'It is not known whether the request was carried out' },
  NOT_READY: { status: 503, retriable: true, title: 'The node does not serve this yet' },
  SHUTTING_DOWN: { status: 503, retriable: true, title: 'The node is shutting down' },
  TOO_MANY_CONNECTIONS: { status: 503, retriable: true, title: 'The node has too many connections' },
  OUT_OF_RESOURCES: { status: 503, retriable: true, title: 'The node lacks file descriptors or memory' },
  STORAGE_STALLED: { status: 503, retriable: true, title: 'The disk does not answer' },
  STORAGE_FULL: { status: 507, retriable: true, title: 'The disk is full' },
} as const satisfies Record<string, ErrorKind>;

/** A code of the table. A node of a newer build may send others. */
export type ErrorCode = keyof typeof ERROR_TABLE;
