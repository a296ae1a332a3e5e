/**
 * The closed table of everything a node refuses: a stable code, the HTTP status it travels with, whether the same
 * request may succeed later, and a title. The sentence that tells the reader what to do comes with each error.
 */

interface ErrorKind {
  readonly status: number;
  readonly retriable: boolean;
  readonly title: string;
}

export const ERROR_KINDS = {
  INVALID_BODY: { status: 400, retriable: false, title: 'The body is not what this route takes' },
  INVALID_LINE: { status: 400, retriable: false, title: 'A line of the batch is not valid' },
  INVALID_PARAMETER: { status: 400, retriable: false, title: 'A parameter is not valid' },
  INVALID_WRITE_CONCERN: { status: 400, retriable: false, title: 'The write concern is not valid' },
  INVALID_IDEMPOTENCY_KEY: { status: 400, retriable: false, title: 'The idempotency key is not valid' },
  UNAUTHENTICATED: { status: 401, retriable: false, title: 'No valid key or token' },
  FORBIDDEN: { status: 403, retriable: false, title: 'This key does not open this route' },
  NOT_FOUND: { status: 404, retriable: false, title: 'There is nothing here' },
  ROUTE_NOT_FOUND: { status: 404, retriable: false, title: 'There is no such route' },
  METHOD_NOT_ALLOWED: { status: 405, retriable: false, title: 'This route does not take this method' },
  NOT_ACCEPTABLE: { status: 406, retriable: false, title: 'None of the accepted types can be given' },
  WOULD_LOSE_MAJORITY: { status: 409, retriable: false, title: 'This would leave no majority' },
  CHANGE_IN_PROGRESS: { status: 409, retriable: true, title: 'Another membership change is not committed yet' },
  FOREIGN_CLUSTER: { status: 409, retriable: false, title: 'The node belongs to another cluster' },
  NODE_ID_TAKEN: { status: 409, retriable: false, title: 'Another living node has this node id' },
  NODE_REMOVED: { status: 409, retriable: false, title: 'The node was taken out for good' },
  TOO_MANY_SECONDARIES: { status: 409, retriable: false, title: 'The cluster is full' },
  STALE_EPOCH: { status: 409, retriable: false, title: 'The epoch is over' },
  MASTER_ALIVE: { status: 409, retriable: false, title: 'A living master holds office' },
  MESSAGE_TOO_LARGE: { status: 413, retriable: false, title: 'The message is too large' },
  BATCH_TOO_LARGE: { status: 413, retriable: false, title: 'The batch is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retriable: false, title: 'The content type is not supported' },
  ADDRESS_UNREACHABLE: { status: 422, retriable: true, title: 'The address given does not answer' },
  KEY_REUSED: { status: 422, retriable: false, title: 'The idempotency key was used with another message' },
  NOT_MASTER: { status: 307, retriable: true, title: 'This node is not the master' },
  INTERNAL: { status: 500, retriable: true, title: 'The node met an error of its own' },
  CORRUPT_RECORD: { status: 500, retriable: false, title: 'A record on disk is damaged' },
  NO_MASTER: { status: 503, retriable: true, title: 'No master is known' },
  NO_QUORUM: { status: 503, retriable: true, title: 'A majority of the members is unreachable' },
  OVERLOADED: { status: 503, retriable: true, title: 'Too much is in flight' },
  NOT_READY: { status: 503, retriable: true, title: 'The node does not serve this yet' },
  SHUTTING_DOWN: { status: 503, retriable: true, title: 'The node is shutting down' },
  STORAGE_FULL: { status: 507, retriable: true, title: 'The disk is full' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;

export interface ReplogErrorDetails {
  /** Seconds after which a retry makes sense; sent as `Retry-After`. */
  readonly retryAfterS?: number;
  /** Where to go instead; sent as `Location`. */
  readonly location?: string;
  /** Further fields of the problem document, e.g. `field`, `line`, `index`, `segment`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one error class for what is expected to go wrong. `message` is the sentence that tells what to do. */
export class ReplogError extends Error {
  override readonly name = 'ReplogError';
  readonly code: ErrorCode;
  readonly details: ReplogErrorDetails;

  constructor(code: ErrorCode, sentence: string, details: ReplogErrorDetails = {}) {
    super(sentence, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return ERROR_KINDS[this.code].status;
  }

  get retriable(): boolean {
    return ERROR_KINDS[this.code].retriable;
  }
}

/** What an error looks like over HTTP: `application/problem+json`, RFC 9457, with `code` and the fields of the case. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retriable: boolean;
  /** The request's id, as in the node's log. */
  readonly instance?: string;
  readonly [extra: string]: unknown;
}

export function toProblem(error: ReplogError, instance?: string): Problem {
  const kind = ERROR_KINDS[error.code];
  return {
    type: 'about:blank',
    title: kind.title,
    status: kind.status,
    code: error.code,
    detail: error.message,
    retriable: kind.retriable,
    ...(instance === undefined ? {} : { instance }),
    ...error.details.extra,
  };
}
