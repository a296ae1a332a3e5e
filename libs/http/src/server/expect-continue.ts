/**
 * `Expect: 100-continue`: the client waits for leave before it sends its body. It gets leave when the body is read, which is
 * after its key is checked. A request that is refused before is answered at once, and its connection ends: whether a body
 * follows on it nobody knows (RFC 9110, section 10.1.1).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

export function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const { shouldKeepAlive } = response;
  response.shouldKeepAlive = false;
  // Also what is skipped behind the answer is read.
  request.once('resume', () => {
    if (response.headersSent) return;
    response.shouldKeepAlive = shouldKeepAlive;
    response.writeContinue();
  });
}
