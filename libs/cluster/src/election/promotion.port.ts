/** How an operator makes this node master: asked on every role, decided by the node that hosts it. */
import type { PromotionView } from '@replog/contracts/views.js';

export const PROMOTION = Symbol('PROMOTION');

export interface PromotionRequest {
  /** Say what would happen, and do nothing. */
  readonly dryRun: boolean;
  /** Take office without a majority. */
  readonly force: boolean;
}

export interface Promotion {
  /**
   * Resolves when this node is master, or with the forecast. Rejects with ReplogError NOT_A_MEMBER, NO_MAJORITY,
   * FORCE_NOT_NEEDED, TRANSFER_REFUSED, PROMOTION_FAILED, CHANGE_IN_PROGRESS or LOG_DAMAGED; nothing has changed then.
   */
  promote(request: PromotionRequest): Promise<PromotionView>;
}
