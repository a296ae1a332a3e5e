import type { EarlyAnswer, EarlyRequest } from '../server/early-requests.js';
import type { RequestsInFlight } from '../server/requests-in-flight.js';
import type { DirectAnswer, DirectRequest } from './direct-connection.js';

/** An early request of a role that owes its answers: it waits for them when it closes. */
export function directRequest(
  known: EarlyRequest,
  isOpen: () => boolean,
  inFlight: Pick<RequestsInFlight, 'enter' | 'leave'>,
): DirectRequest {
  return {
    get isOpen() {
      return isOpen();
    },
    maxBodyBytes: known.maxBodyBytes,
    take: (body, values, answer) => {
      inFlight.enter(answer);
      known.take(body, values, new Owed(answer, inFlight));
    },
  };
}

class Owed implements EarlyAnswer {
  constructor(
    private readonly answer: DirectAnswer,
    private readonly inFlight: Pick<RequestsInFlight, 'leave'>,
  ) {}

  send(status: number, headers: readonly string[], body: string): void {
    this.answer.send(status, headers, body);
    this.inFlight.leave(this.answer);
  }
}
