/**
 * What happens when the bytes on a connection are no request. The answers to the requests before them go out first: a
 * write that is stored must not be answered with the refusal of something else.
 */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import { refusalOfBytes } from './bad-requests.js';
import type { ParseError } from './bad-requests.js';
import type { Refusals } from './refusals.js';
import type { RequestsInFlight } from './requests-in-flight.js';

export class UnreadableBytes {
  /** `node:http` reports every further packet too. */
  private readonly refused = new WeakSet<Duplex>();

  constructor(
    private readonly inFlight: Pick<RequestsInFlight, 'on'>,
    private readonly refusals: Pick<Refusals, 'refuseOnSocket'>,
  ) {}

  refuse(error: ParseError, socket: Duplex): void {
    if (this.refused.has(socket)) return;
    this.refused.add(socket);
    const refusal = refusalOfBytes(error);
    if (refusal === null || !socket.writable) return void socket.destroy();
    const owed = this.inFlight.on(socket);
    // The unreadable bytes may be in the body of the last request, which then gets no other answer than this.
    const isBroken = (response: ServerResponse): boolean => !response.req.complete && !response.writableEnded;
    const isBegun = owed.some((response) => isBroken(response) && response.headersSent);
    afterAnswers(
      owed.filter((response) => !isBroken(response)),
      () => (isBegun ? socket.destroy() : this.refusals.refuseOnSocket(socket, refusal, owed.find(isBroken)?.req)),
    );
  }
}

/** Calls `run` when all `answers` are sent, or their client is gone. */
export function afterAnswers(answers: readonly ServerResponse[], run: () => void): void {
  let open = answers.length;
  if (open === 0) return run();
  const closed = (): void => {
    open -= 1;
    if (open === 0) run();
  };
  for (const answer of answers) answer.once('close', closed);
}
