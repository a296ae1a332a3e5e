/** Can a write concern be met with the current secondaries? */
import { Injectable } from '@nestjs/common';
import type { WriteConcern, WriteConcernView } from '@replog/contracts/views.js';
import { MasterTerms } from '../term/master-terms.js';

@Injectable()
export class WriteConcernService {
  constructor(private readonly terms: MasterTerms) {}

  /** Can it be met now, who is missing and why, and how long recent writes waited. */
  async view(concern: WriteConcern): Promise<WriteConcernView> {
    const { registry, replication, writes } = this.terms.require();
    const secondaries = await registry.views.secondaries();
    const missing = secondaries.filter(({ state }) => state === 'UNREACHABLE' || state === 'JOINING');
    return {
      ...writes.receipts.concernView(concern),
      canBeMet: this.terms.current !== null && writes.admission.canBeMet(concern),
      missing: missing.map(({ nodeId, state, reason }) => ({ nodeId, state, reason })),
      wait: replication.waitTimes.view(concern),
    };
  }
}
