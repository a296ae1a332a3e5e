/** Requests about the role of this node, from an operator or from another node. */
import type { PromotionView } from '@replog/contracts/views.js';

export const ROLE_REQUESTS = Symbol('ROLE_REQUESTS');

export interface PromotionRequest {
  /** Returns a forecast and changes nothing. */
  readonly dryRun: boolean;
  /** Become master without a majority. */
  readonly force: boolean;
  /** The master that asks for it, because it stops. Missing: an operator does. */
  readonly askedBy?: string;
}

export interface RoleRequests {
  /**
   * Resolves when this node is master, or with the forecast. Rejects with ReplogError NOT_A_MEMBER, NO_MAJORITY,
   * FORCE_NOT_NEEDED, TRANSFER_REFUSED, PROMOTION_FAILED, CHANGE_IN_PROGRESS, LOG_DAMAGED, STORAGE_FULL or
   * STORAGE_STALLED; then nothing has changed, except that a master promoted by force has ended its term and looks for
   * the next one, as after a restart.
   */
  promote(request: PromotionRequest): Promise<PromotionView>;
  /**
   * Transfers the term to `successor`. `catchUp` is called once writes are held; it resolves when the successor has
   * every record, and `signal` cancels it. Resolves when the term is over. Rejects with ReplogError TRANSFER_REFUSED,
   * for example because `catchUp` rejected; then this node stays master, unless it has lost its term meanwhile.
   */
  transfer(successor: string, catchUp: (signal: AbortSignal) => Promise<void>): Promise<void>;
}
