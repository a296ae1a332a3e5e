import type { IncomingMessage } from 'node:http';

import type { Random } from '@replog/contracts/ports.js';
import { HEADERS } from '@replog/contracts/http.js';

export function requestIdOf(request: Pick<IncomingMessage, 'headers'>, random: Random): string {
  return chooseRequestId(request.headers[HEADERS.requestId], random);
}

/** The id of the caller if it is 1 to 128 visible characters, so that it fits in a log line. Otherwise a new id. */
export function chooseRequestId(sent: string | readonly string[] | null | undefined, random: Random): string {
  return typeof sent === 'string' && /^[\x21-\x7e]{1,128}$/.test(sent) ? sent : random.uuid();
}
