/**
 * Says in the log which node was refused, where, and why: two clusters under one address, or a master that does not know
 * that its time is over, are for the operator to see. Said once, and again when it changes: whoever is refused may try
 * for ever.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { ReplogError } from '@replog/contracts/errors.js';
import type { Logger } from 'pino';

import { LOGGER } from '@replog/runtime/tokens/injection-tokens.js';

const CONFLICT = 409;

@Injectable()
export class RefusedNodes {
  private lastSaid = '';

  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  /** `place`: method and path. What is no conflict between nodes is passed over. */
  note(caller: string | undefined, place: string, error: ReplogError): void {
    if (caller === undefined || error.status !== CONFLICT) return;
    const { code, message } = error;
    const sentence = `${caller} was refused at ${place} (${code}): ${message}`;
    const level = sentence === this.lastSaid ? 'debug' : 'warn';
    this.lastSaid = sentence;
    this.logger[level]({ caller, code }, sentence);
  }
}
