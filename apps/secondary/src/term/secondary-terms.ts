/** Begins and ends the secondary terms of this node, and knows the current one. */
import { Inject, Injectable } from '@nestjs/common';
import { NODE_PARTS } from '@replog/cluster/node/node-parts.js';
import { composeSecondaryTerm } from './compose-secondary-term.js';
import type { SecondaryTermPorts } from './compose-secondary-term.js';
import type { SecondaryTerm } from './secondary-term.js';

@Injectable()
export class SecondaryTerms {
  private newest: SecondaryTerm | null = null;

  constructor(@Inject(NODE_PARTS) private readonly ports: SecondaryTermPorts) {}

  /** `null` from the moment the term begins to end. */
  get current(): SecondaryTerm | null {
    return this.newest;
  }

  /** The node accepts a master's link when this returns. */
  begin(): Pick<SecondaryTerm, 'hangUp' | 'end'> {
    const term = composeSecondaryTerm(this.ports);
    this.newest = term;
    return {
      hangUp: (reason) => term.hangUp(reason),
      end: () => {
        if (this.newest === term) this.newest = null;
        return term.end();
      },
    };
  }
}
