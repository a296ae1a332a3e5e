/**
 * What happens to a node and matters for its role. Facts that the machine does not keep, such as the epoch of this
 * node, come with the event.
 */
import type { ReplogError } from '@replog/contracts/errors.js';
import type { Role } from '@replog/contracts/http.js';
import type { ClaimedBy, Damage, LostMaster } from './role-state.js';

export interface MasterSeen {
  readonly nodeId: string;
  readonly url: string;
  readonly epoch: number;
}

/** `isMaster`: does `from` say that it is master in `epoch`? */
export interface EpochClaim {
  readonly epoch: number;
  readonly from: string;
  readonly isMaster: boolean;
}

/** The result of a poll. Only a node that polls by itself follows; only a promotion asks for a transfer. */
export type PollResult =
  | { readonly kind: 'follow'; readonly master: MasterSeen; readonly heldEpoch: number }
  | { readonly kind: 'transfer'; readonly from: string }
  | { readonly kind: 'campaign'; readonly epoch: number }
  | { readonly kind: 'wait'; readonly reason: string };

/**
 * What comes from outside, in any state: from other nodes, from operators, from the disk, from the clock. `heldEpoch`:
 * the highest epoch of this node when the machine gets the event.
 */
export type OutsideEvent =
  /** Another node said that it is master. */
  | { readonly kind: 'masterHeard'; readonly master: MasterSeen; readonly heldEpoch: number }
  /** `from`, a member, is in an epoch above this node's. */
  | { readonly kind: 'higherEpochHeard'; readonly epoch: number; readonly from: string }
  /** The same of a node that is no member. It may be wrong. */
  | ({ readonly kind: 'higherEpochClaimed' } & EpochClaim)
  /** This member has waited long enough for a word of its master. */
  | ({ readonly kind: 'masterLost' } & LostMaster)
  /** This master cannot go on: see `whyNoMaster`. */
  | { readonly kind: 'masterUnfit'; readonly why: 'unheard' | 'stalled'; readonly silentMs: number }
  /** This node voted for another one. */
  | { readonly kind: 'voteGranted'; readonly epoch: number; readonly to: string }
  /** A master is promoted by force only if no majority of its members answers: the caller has asked them. */
  | { readonly kind: 'promotionRequested'; readonly id: number; readonly force: boolean }
  /** A candidate asks this node to transfer its term. */
  | { readonly kind: 'transferRequested'; readonly id: number; readonly to: string }
  | { readonly kind: 'damageFound'; readonly damage: Damage }
  /** The master refuses to register this node, which has followed a master since it was started: it was removed. */
  | { readonly kind: 'removalHeard' }
  /** A member of another cluster lists this node, which is alone in the cluster that it has founded and has no messages. */
  | ClaimedBy
  | { readonly kind: 'changeLimitReached' }
  | { readonly kind: 'stopRequested' };

/** What comes of an effect, in the states that asked for it. `heldEpoch` as above. */
export type ResultEvent =
  /** The log is open. `mayFound`: the directory is empty, so this node may found a cluster. */
  | {
      readonly kind: 'started';
      readonly prefers: Role;
      readonly mayFound: boolean;
      readonly damage: Damage | null;
    }
  | {
      readonly kind: 'founded';
      readonly epoch: number;
      readonly epochStartIndex: number;
      readonly heldEpoch: number;
    }
  /** One of `PEERS` belongs to a cluster already: nothing is founded. */
  | { readonly kind: 'clusterMet' }
  | { readonly kind: 'pollDecided'; readonly result: PollResult }
  /** The master that was asked has ended its term for this node. `epoch`: the epoch to campaign for. */
  | { readonly kind: 'transferGranted'; readonly epoch: number }
  /** A promotion cannot go on: no majority, no transfer, a rival. */
  | { readonly kind: 'promotionFailed'; readonly refusal: ReplogError }
  /** A majority voted, and the first record of the epoch is durable. */
  | {
      readonly kind: 'campaignWon';
      readonly epoch: number;
      readonly epochStartIndex: number;
      readonly heldEpoch: number;
    }
  | { readonly kind: 'campaignLost'; readonly reason: string }
  | { readonly kind: 'successorCaughtUp' }
  | { readonly kind: 'transferFailed'; readonly why: string }
  /** Everything that waited in the term is settled, its links are closed. */
  | { readonly kind: 'termEnded' }
  /** `isUnfounded`: false if a message was taken before the term ended. Then this node keeps its cluster. */
  | { readonly kind: 'unfoundingEnded'; readonly isUnfounded: boolean }
  | { readonly kind: 'repaired' }
  | { readonly kind: 'repairFailed' }
  /** After `stopRequested`: nothing is in progress any more. */
  | { readonly kind: 'everythingEnded' };

export type RoleEvent = OutsideEvent | ResultEvent;

export type EventOf<Kind extends RoleEvent['kind']> = Extract<RoleEvent, { kind: Kind }>;
