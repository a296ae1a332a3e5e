/** How a node refuses: one error class for everything of the closed table, and what it looks like over HTTP. */
import { ERROR_KINDS } from './error-kinds.js';
import type { ErrorCode } from './error-kinds.js';

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
