/** Begins and ends the master's terms of this node, and knows the current one. */
import { Inject, Injectable } from '@nestjs/common';
import type { ReplogError } from '@replog/contracts/errors.js';
import { NODE_PARTS } from '@replog/cluster/node/node-parts.js';
import { noTermHere } from '@replog/cluster/node/not-master.js';
import { composeMasterTerm } from './compose-master-term.js';
import type { MasterTerm, TermStart } from './master-term.js';
import type { MasterTermPorts } from './term-ports.js';

@Injectable()
export class MasterTerms {
  private newest: MasterTerm | null = null;

  constructor(@Inject(NODE_PARTS) private readonly ports: MasterTermPorts) {}

  /** `null` from the moment the term begins to end. */
  get current(): MasterTerm | null {
    return this.newest !== null && this.ports.node.term === this.newest ? this.newest : null;
  }

  /** Throws NOT_MASTER or NO_MASTER if this node holds no term. */
  require(): MasterTerm {
    const { current } = this;
    if (current === null) throw noTermHere(this.ports.node);
    return current;
  }

  /** The term is in force when this returns. */
  begin(start: TermStart): { end(because: ReplogError): Promise<void> } {
    const term = composeMasterTerm(this.ports, start);
    this.newest = term;
    term.begin();
    return { end: (because) => term.end(because) };
  }
}
