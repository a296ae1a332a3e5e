import { ReplogError } from '@replog/contracts/errors.js';
import type { Logger } from 'pino';

import { pathOf, pathOnly } from '../requests/path-only.js';
import type { ProblemAnswer } from './answer-problem.js';
import { answerProblem } from './answer-problem.js';
import type { FailedRequest } from './to-replog-error.js';
import { toReplogError } from './to-replog-error.js';

export interface RefusedRequest extends Omit<FailedRequest, 'path'> {
  readonly requestId: string;
  readonly url: string;
}

/**
 * What the caller is told about `exception`. An unexpected error is logged under the request id that the caller gets.
 */
export function problemFor(
  exception: unknown,
  request: RefusedRequest,
  logger: Logger,
): { readonly error: ReplogError; readonly answer: ProblemAnswer } {
  const path = pathOnly(request.url);
  const error = toReplogError(exception, { ...request, path });
  if (error.code === 'INTERNAL') {
    const fields = { requestId: request.requestId, err: exception };
    logger.error(fields, `${request.method} ${path} failed with an unexpected error`);
  }
  return { error, answer: answerProblem(withPath(error, request.url), request.requestId) };
}

/** A redirect to the master keeps path and query. */
function withPath(error: ReplogError, url: string): ReplogError {
  const { location } = error.details;
  if (error.code !== 'NOT_MASTER' || location === undefined) return error;
  return new ReplogError(error.code, error.message, { ...error.details, location: `${location}${pathOf(url)}` });
}
