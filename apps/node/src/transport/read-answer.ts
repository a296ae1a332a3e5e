/** Checks what another node answered before anything is taken from it. Members that this build does not know are left alone. */
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { PeerError } from '@replog/cluster/peers/transport.port.js';
import { toFieldError } from '@replog/http/requests/request.pipe.js';

/** `from`: the address and route. Throws PeerError. */
export function readAnswer<Answer extends object>(dto: new () => Answer, from: string, data: unknown): Answer {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new PeerError(`${from} gave an invalid answer: it is no JSON object`);
  }
  const answer = plainToInstance(dto, data);
  const faults = validateSync(answer);
  if (faults.length === 0) return answer;
  throw new PeerError(`${from} gave an invalid answer: ${toFieldError('INVALID_BODY', faults).message}`);
}
