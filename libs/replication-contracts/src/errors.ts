/** One error class for the closed table of errors, and what an error looks like over HTTP. */
import { ERROR_KINDS } from './error-kinds.js';
import type { ErrorCode } from './error-kinds.js';

export interface ReplogErrorDetails {
  /** Seconds until a retry makes sense; sent as `Retry-After`. */
  readonly retryAfterS?: number;
  /** Where to go instead; sent as `Location`. */
  readonly location?: string;
  /** In this case, other than the table says of the code in general. */
  readonly retriable?: boolean;
  /** Further fields of the problem document, e.g. `field`, `line`, `index`, `segment`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** The error behind this one. For the log of the node; it is not sent. */
  readonly cause?: unknown;
}

/** The one error class for expected faults. `message` is a sentence that says what happened and what to do. */
export class ReplogError extends Error {
  override readonly name = 'ReplogError';
  readonly code: ErrorCode;
  readonly details: ReplogErrorDetails;

  constructor(code: ErrorCode, sentence: string, details: ReplogErrorDetails = {}) {
    super(sentence, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
  }

  /** The HTTP status. */
  get status(): number {
    return ERROR_KINDS[this.code].status;
  }

  /** The same request may succeed later. */
  get retriable(): boolean {
    return this.details.retriable ?? ERROR_KINDS[this.code].retriable;
  }
}

/** An error over HTTP: `application/problem+json` (RFC 9457) with `code` and the fields of the case. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retriable: boolean;
  /** Id of the request, as in the logs of the node. */
  readonly instance?: string;
  readonly [extra: string]: unknown;
}

/** The problem document of an error; `instance` is the id of the request. */
export function toProblem(error: ReplogError, instance?: string): Problem {
  const kind = ERROR_KINDS[error.code];
  return {
    type: 'about:blank',
    title: kind.title,
    status: kind.status,
    code: error.code,
    detail: error.message,
    retriable: error.retriable,
    ...(instance === undefined ? {} : { instance }),
    ...error.details.extra,
  };
}
