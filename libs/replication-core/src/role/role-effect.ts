/**
 * What is to be done, in this order, when the machine has taken a step. Effects marked with an event go on for a while and
 * end with that event, given to the machine exactly once. All others are done when they return.
 */
import type { ReplogError } from '@replog/contracts/errors.js';
import type { MasterSeen } from './role-event.js';
import type { CandidateBy, Damage, StepDownReason } from './role-state.js';

export type TermEnd = StepDownReason | { readonly kind: 'stopped' };

export type RoleEffect =
  /** Write the first records of a new cluster. → `founded` */
  | { readonly kind: 'found' }
  /** From here on this node is master. */
  | { readonly kind: 'beginTerm'; readonly epoch: number; readonly epochStartIndex: number }
  /** No more writes; settle who waits; close the links. → `termEnded` */
  | { readonly kind: 'endTerm'; readonly epoch: number; readonly because: TermEnd }
  /** From here on this node registers and accepts a link. */
  | { readonly kind: 'beginSecondary' }
  /** Goes on in the background. */
  | { readonly kind: 'endSecondary' }
  /** Take `master` for the living master; register with it. */
  | { readonly kind: 'follow'; readonly master: MasterSeen }
  /** This node took itself for the master: forget that. */
  | { readonly kind: 'forgetOwnTerm' }
  /** Ask the members, after `restPings` pings of rest and the pause that belongs to `attempt`. → `pollDecided` or `promotionFailed` */
  | {
      readonly kind: 'poll';
      readonly by: CandidateBy;
      readonly force: boolean;
      readonly attempt: number;
      readonly restPings: number;
    }
  /** Ask the living master to transfer its term to this node. → `transferGranted` or `promotionFailed` */
  | { readonly kind: 'requestTransfer'; readonly from: string }
  /** The poll or the request for a transfer that is under way gives no event any more. */
  | { readonly kind: 'cancelPoll' }
  /** Ask for votes. Never cancelled, because it may write to the log. → `campaignWon` or `campaignLost` */
  | { readonly kind: 'campaign'; readonly by: CandidateBy; readonly force: boolean; readonly epoch: number }
  | { readonly kind: 'answerPromotion'; readonly id: number; readonly outcome: 'promoted' | 'already-master' }
  | { readonly kind: 'refusePromotion'; readonly id: number; readonly refusal: ReplogError }
  /** Wait until `to` has every record. → `successorCaughtUp` or `transferFailed` */
  | { readonly kind: 'catchUp'; readonly id: number; readonly to: string }
  /** The catching up that is under way gives no event any more. */
  | { readonly kind: 'cancelCatchUp' }
  | { readonly kind: 'answerTransfer'; readonly id: number }
  | { readonly kind: 'refuseTransfer'; readonly id: number; readonly refusal: ReplogError }
  /** Say so in the log of the node. */
  | { readonly kind: 'announceDamage'; readonly damage: Damage }
  /** Write it down, so that a restart knows it. */
  | { readonly kind: 'rememberDamage'; readonly damage: Damage }
  /** Take the damaged segment out of use, under a new incarnation. → `repaired` or `repairFailed` */
  | { readonly kind: 'repair'; readonly damage: Damage }
  /** → `changeLimitReached` */
  | { readonly kind: 'startChangeLimit'; readonly limitMs: number }
  | { readonly kind: 'stopChangeLimit' };
