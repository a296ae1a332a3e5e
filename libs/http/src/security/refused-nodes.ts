/**
 * Logs which node was refused, where, and why. The operator must see two clusters under one address, or a deposed
 * master that does not know it. Logged once, and again when it changes: a refused node may try forever.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { ReplogError } from '@replog/contracts/errors.js';
import type { Logger } from 'pino';

import { LOGGER } from '@replog/runtime/tokens/injection-tokens.js';

const CONFLICT = 409;
/** More than the nodes of a cluster have places to be refused at. */
const MAX_SAID = 1_000;

@Injectable()
export class RefusedNodes {
  /** The last sentence for each node and place. */
  private readonly lastSaid = new Map<string, string>();

  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  /** `place`: method and path. A refusal without a conflict between nodes is ignored. */
  note(caller: string | undefined, place: string, error: ReplogError): void {
    if (caller === undefined || error.status !== CONFLICT) return;
    const { code, message } = error;
    const sentence = `${caller} was refused at ${place} (${code}): ${message}`;
    const about = `${caller} ${place}`;
    const level = sentence === this.lastSaid.get(about) ? 'debug' : 'warn';
    if (this.lastSaid.size >= MAX_SAID) this.lastSaid.clear();
    this.lastSaid.set(about, sentence);
    this.logger[level]({ caller, code }, sentence);
  }
}
