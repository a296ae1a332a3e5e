/** Epochs that nodes claim which are no members. The master asks its members about one at a time; the others are claimed again. */
import { askMembers } from '@replog/cluster/election/ask-members.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import type { EpochClaim } from '@replog/core/role/role-event.js';

export class Claims {
  private isAsking = false;
  private lastSaid = '';

  constructor(private readonly parts: Pick<NodeParts, 'node' | 'transport' | 'config' | 'logger'>) {}

  async examine(claim: EpochClaim): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    const say = await askMembers(this.parts);
    this.isAsking = false;
    const { node } = this.parts;
    if (say.kind === 'over') node.confirmedEpoch(say.epoch, say.from);
    // Without a majority this term can commit nothing, and its members may have moved on without it.
    else if (say.kind === 'too few' && claim.isMaster) node.confirmedEpoch(claim.epoch, claim.from);
    else this.say(`${claim.from} is no member and claims epoch ${claim.epoch}. No member knows of it: it is ignored`);
  }

  /** Logged at `warn` only when it changes: the claim is repeated. */
  private say(sentence: string): void {
    const isNews = sentence !== this.lastSaid;
    this.lastSaid = sentence;
    this.parts.logger[isNews ? 'warn' : 'debug'](sentence);
  }
}
