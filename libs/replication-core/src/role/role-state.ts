/**
 * The role of a node as one value. The state says what the node does now; the fields beside it are the few facts that
 * do not depend on the state. Everything else ("is it a candidate?", "may it vote?") is derived from this value: see
 * `derive.ts`.
 */
import type { Role } from '@replog/contracts/http.js';

/**
 * What wants this node to be master: the node itself, because it prefers to be (SERVER_TYPE) or has lost its master, or
 * an operator's promotion.
 */
export type CandidateBy = 'itself' | 'operator';

/** The master that this member has heard nothing from for so long that it wants a term itself. */
export interface LostMaster {
  /** `null` if it has heard none since it was started. */
  readonly nodeId: string | null;
  readonly silentMs: number;
}

/** The first durable record that no longer has the bytes that were written. */
export interface Damage {
  readonly segment: string;
  readonly index: number;
  readonly offset: number;
  readonly fault: string;
}

/** An operator's request to make this node master. `id` tells one request from another. */
export interface PromotionAsked {
  readonly id: number;
  /** Win without a majority. */
  readonly force: boolean;
}

export type StepDownReason =
  | { readonly kind: 'deposed'; readonly epoch: number; readonly from: string }
  | { readonly kind: 'transferred'; readonly id: number; readonly to: string }
  | { readonly kind: 'damaged' }
  /** An operator's force: this node has lost its majority and begins a new epoch without the silent members. */
  | { readonly kind: 'forced' }
  /** It has heard no majority of its members for `silentMs`. */
  | { readonly kind: 'unheard'; readonly silentMs: number }
  /** Its disk does not answer. */
  | { readonly kind: 'stalled' }
  /** `by`, of cluster `clusterId`, lists this node as a member. This node has founded another cluster and has no messages. */
  | ClaimedBy;

export interface ClaimedBy {
  readonly kind: 'claimed';
  readonly by: string;
  readonly clusterId: string;
}

export interface Polling {
  readonly kind: 'polling';
  readonly by: CandidateBy;
  /** Number of polls and campaigns before this one, for the same goal. */
  readonly attempt: number;
  /** Why the attempt before this one failed; `null` on the first. */
  readonly lastFailure: string | null;
}

export interface Campaigning {
  readonly kind: 'campaigning';
  readonly by: CandidateBy;
  readonly epoch: number;
  readonly attempt: number;
}

export interface Master {
  readonly kind: 'master';
  readonly epoch: number;
}

export interface Transferring {
  readonly kind: 'transferring';
  readonly epoch: number;
  readonly id: number;
  readonly to: string;
}

export interface SteppingDown {
  readonly kind: 'steppingDown';
  readonly epoch: number;
  readonly reason: StepDownReason;
}

export interface Stopping {
  readonly kind: 'stopping';
  /** The role it stops in. */
  readonly role: Role;
}

export type RoleState =
  /** The log is being opened. */
  | { readonly kind: 'starting' }
  /** The directory is empty: the first records of a new cluster are being written. */
  | { readonly kind: 'founding' }
  /** This node gives up the cluster that it has founded, because another one lists it. Its records are being set aside. */
  | { readonly kind: 'unfounding' }
  | { readonly kind: 'secondary' }
  /** An operator has removed this node while it ran. It follows nobody and serves nothing until it is started again. */
  | { readonly kind: 'removed' }
  /** A damaged segment is being taken out of use. Meanwhile the node accepts no link and does not vote. */
  | { readonly kind: 'repairing' }
  | Polling
  /** A promotion has asked the living master `from` to transfer its term to this node. */
  | { readonly kind: 'awaitingTransfer'; readonly from: string }
  | Campaigning
  | Master
  /** The successor catches up; writes are held. */
  | Transferring
  /** The term is over; what waits in it is being settled. */
  | SteppingDown
  | Stopping
  | { readonly kind: 'stopped' };

export interface RoleValue {
  readonly state: RoleState;
  /** SERVER_TYPE: the role this node takes by default. */
  readonly prefers: Role;
  /**
   * The node wants a term by itself, now or as soon as an operator's promotion has failed. Never true with damage or
   * while a term is held. A node that follows a living master does not want a term.
   */
  readonly wantsTerm: boolean;
  /** Why it wants a term, if that is because it has lost its master; `null` otherwise. */
  readonly lostMaster: LostMaster | null;
  /** The known damage of the log. Only a repair clears it. */
  readonly damage: Damage | null;
  /** Writes are held because the next master is not known yet. Bounded by `MASTER_CHANGE_LIMIT_MS`. */
  readonly isMasterChanging: boolean;
  /** The promotion that is not answered yet: in progress if the state is `by: 'operator'`, otherwise waiting. */
  readonly promotion: PromotionAsked | null;
}

export const INITIAL_ROLE: RoleValue = {
  state: { kind: 'starting' },
  prefers: 'secondary',
  wantsTerm: false,
  lostMaster: null,
  damage: null,
  isMasterChanging: false,
  promotion: null,
};
