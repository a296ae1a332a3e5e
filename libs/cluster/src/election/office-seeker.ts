/**
 * The one way into office: look first, collect promises, have the most advanced log of a majority, write the first
 * record of the epoch. Tries until there is a living master to follow or this node is one.
 */
import { decideAfterPoll } from '@replog/core/election/poll.js';
import { backoffMs } from '@replog/core/link/backoff.js';
import type { KnownMaster } from '../node/node-view.js';
import { pollMembers } from './look-around.js';
import { Stand } from './stand.js';
import type { WonOffice } from './stand.js';
import type { StandParts } from './stand-parts.js';

export type SeekResult =
  | { readonly kind: 'office'; readonly won: WonOffice }
  | { readonly kind: 'follow'; readonly master: KnownMaster }
  | { readonly kind: 'stopped' };

const BACKOFF = { firstMs: 150, maxMs: 3_000 };

export class OfficeSeeker {
  private lastSaid = '';

  constructor(private readonly parts: StandParts) {}

  async seek(signal: AbortSignal): Promise<SeekResult> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      const result = await this.tryOnce().catch((error: unknown) => {
        this.say(`office was not taken: ${error instanceof Error ? error.message : String(error)}`);
        return null;
      });
      if (result !== null) return result;
      await this.parts.clock.sleep(backoffMs(attempt, BACKOFF, this.parts.random.next()), signal);
    }
    return { kind: 'stopped' };
  }

  private async tryOnce(): Promise<SeekResult | null> {
    const { node } = this.parts;
    if (node.office !== null) return { kind: 'stopped' };
    const decision = decideAfterPoll(node, await pollMembers(this.parts));
    switch (decision.kind) {
      case 'follow':
        return { kind: 'follow', master: decision.master };
      case 'wait':
        this.say(`waiting for office: ${decision.reason}`);
        return null;
      case 'campaign':
        return this.stand(decision.epoch);
    }
  }

  private async stand(epoch: number): Promise<SeekResult | null> {
    const result = await Stand.for(this.parts, epoch);
    if (result.kind === 'won') return { kind: 'office', won: result.won };
    this.say(result.reason);
    return null;
  }

  /** Said when it changes: a candidate may wait for long. */
  private say(sentence: string): void {
    const isNews = sentence !== this.lastSaid;
    this.lastSaid = sentence;
    this.parts.node.block('office', sentence);
    this.parts.logger[isNews ? 'warn' : 'debug'](sentence);
  }
}
