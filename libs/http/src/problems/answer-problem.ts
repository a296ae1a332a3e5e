import type { OutgoingHttpHeaders } from 'node:http';

import type { ReplogError } from '@replog/contracts/errors.js';
import { toProblem } from '@replog/contracts/errors.js';
import { MEDIA } from '@replog/contracts/http.js';

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** Sends an error: `application/problem+json` with its headers. */
export function answerProblem(error: ReplogError, requestId?: string): ProblemAnswer {
  const { retryAfterS, location, extra } = error.details;
  const headers: OutgoingHttpHeaders = { 'content-type': MEDIA.problem };
  if (retryAfterS !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfterS)));
  if (location !== undefined) headers['location'] = location;
  if (error.code === 'UNAUTHENTICATED') headers['www-authenticate'] = 'Bearer';
  if (error.code === 'METHOD_NOT_ALLOWED' && Array.isArray(extra?.['allow']))
    headers['allow'] = extra['allow'].join(', ');
  return { status: error.status, headers, body: JSON.stringify(toProblem(error, requestId)) };
}
