/** What is asked of the role of this node from outside: by an operator, and by another node. */
import type { PromotionView } from '@replog/contracts/views.js';

export const ROLE_REQUESTS = Symbol('ROLE_REQUESTS');

export interface PromotionRequest {
  /** Say what would happen, and do nothing. */
  readonly dryRun: boolean;
  /** Become master without a majority. */
  readonly force: boolean;
}

export interface RoleRequests {
  /**
   * Resolves when this node is master, or with the forecast. Rejects with ReplogError NOT_A_MEMBER, NO_MAJORITY,
   * FORCE_NOT_NEEDED, TRANSFER_REFUSED, PROMOTION_FAILED, CHANGE_IN_PROGRESS or LOG_DAMAGED; nothing has changed then.
   */
  promote(request: PromotionRequest): Promise<PromotionView>;
  /**
   * Transfers the term to `successor`. `catchUp` is called once writes are held, and resolves when the successor has every
   * record; `signal` ends it early. Resolves when the term is over. Rejects with ReplogError TRANSFER_REFUSED, for one because
   * `catchUp` rejected: then this node goes on as master, unless it lost its term meanwhile.
   */
  transfer(successor: string, catchUp: (signal: AbortSignal) => Promise<void>): Promise<void>;
}
