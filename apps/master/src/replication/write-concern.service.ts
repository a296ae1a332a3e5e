/** The pre-flight: what would a write of a concern meet now? */
import { Injectable } from '@nestjs/common';
import type { WriteConcern, WriteConcernView } from '@replog/contracts/views.js';
import { MasterTerms } from '../term/master-terms.js';

@Injectable()
export class WriteConcernService {
  constructor(private readonly terms: MasterTerms) {}

  /** What a write of now would meet, who is missing and why, and how long recent writes waited. */
  async view(concern: WriteConcern): Promise<WriteConcernView> {
    const { registry, replication, writes } = this.terms.require();
    const refusal = await writes.admission.refusalOf(concern);
    const missing = await registry.views.missing();
    const reason = refusal?.message ?? writes.admission.shortageFor(concern);
    return {
      ...writes.receipts.concernView(concern),
      canBeMet: reason === null,
      reason,
      refusedWith: refusal?.code ?? null,
      missing: missing.map((member) => ({ nodeId: member.nodeId, state: member.state, reason: member.reason })),
      wait: replication.waitTimes.view(concern),
    };
  }
}
