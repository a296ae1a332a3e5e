import type { IncomingMessage } from 'node:http';

import type { Random } from '@replog/contracts';
import { HEADERS } from '@replog/contracts';

/** The caller's id where it is sane: 1 to 128 visible characters, so that it can stand in a log line. Else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>, random: Random): string {
  const sent = request.headers[HEADERS.requestId];
  return typeof sent === 'string' && /^[\x21-\x7e]{1,128}$/.test(sent) ? sent : random.uuid();
}
