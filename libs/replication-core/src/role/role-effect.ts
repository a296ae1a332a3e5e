/**
 * What to do, in this order, after a step of the machine. Effects marked with an event run for a while and end with
 * that event, which the machine gets exactly once. All others are done when they return.
 */
import type { ReplogError } from '@replog/contracts/errors.js';
import type { EpochClaim, MasterSeen } from './role-event.js';
import type { ElectionCause } from '@replog/contracts/http.js';
import type { CandidateBy, ClaimedBy, Damage, StepDownReason } from './role-state.js';

export type TermEnd = StepDownReason | { readonly kind: 'stopped' };

export type RoleEffect =
  /** Write the first records of a new cluster, unless one of `PEERS` belongs to a cluster. → `founded` or `clusterMet` */
  | { readonly kind: 'found' }
  /** Set the records of the founded cluster aside and forget it, under a new incarnation. → `unfoundingEnded` */
  | { readonly kind: 'unfound'; readonly claim: ClaimedBy }
  /** From now on this node is master. */
  | { readonly kind: 'beginTerm'; readonly epoch: number; readonly epochStartIndex: number }
  /** Take no more writes; settle the waiting ones; close the links. → `termEnded` */
  | { readonly kind: 'endTerm'; readonly epoch: number; readonly because: TermEnd }
  /** Ask the members whether one of them knows of the claimed epoch. Goes on in the background. → `higherEpochHeard` if so */
  | ({ readonly kind: 'askMembers' } & EpochClaim)
  /** From now on this node registers and accepts a link. */
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
      readonly cause: ElectionCause;
    }
  /** Ask the living master to transfer its term to this node. → `transferGranted` or `promotionFailed` */
  | { readonly kind: 'requestTransfer'; readonly from: string }
  /** The current poll or request for a transfer gives no event any more. */
  | { readonly kind: 'cancelPoll' }
  /** Ask for votes. Never cancelled, because it may write to the log. → `campaignWon` or `campaignLost` */
  | {
      readonly kind: 'campaign';
      readonly by: CandidateBy;
      readonly force: boolean;
      readonly epoch: number;
      readonly cause: ElectionCause;
    }
  | { readonly kind: 'answerPromotion'; readonly id: number; readonly outcome: 'promoted' | 'already-master' }
  | { readonly kind: 'refusePromotion'; readonly id: number; readonly refusal: ReplogError }
  /** Wait until `to` has every record. → `successorCaughtUp` or `transferFailed` */
  | { readonly kind: 'catchUp'; readonly id: number; readonly to: string }
  /** The current catching up gives no event any more. */
  | { readonly kind: 'cancelCatchUp' }
  | { readonly kind: 'answerTransfer'; readonly id: number }
  | { readonly kind: 'refuseTransfer'; readonly id: number; readonly refusal: ReplogError }
  /** Say so in the log of the node. */
  | { readonly kind: 'announceDamage'; readonly damage: Damage }
  /** Save the damage, so that it is known after a restart. */
  | { readonly kind: 'rememberDamage'; readonly damage: Damage }
  /** Take the damaged segment out of use, under a new incarnation. → `repaired` or `repairFailed` */
  | { readonly kind: 'repair'; readonly damage: Damage }
  /** → `changeLimitReached` */
  | { readonly kind: 'startChangeLimit'; readonly limitMs: number }
  | { readonly kind: 'stopChangeLimit' };
