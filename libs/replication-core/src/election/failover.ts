/**
 * When a node stands for election by itself, and when a master gives up its term by itself. A member that hears nothing from
 * its master waits for a while, and then asks the others: see `decideAfterPoll`. A master that hears no majority, or whose
 * disk does not answer, steps down where the others can elect another one.
 */
import type { Membership } from '@replog/contracts/payloads.js';
import type { StorageState } from '@replog/contracts/views.js';
import { standingOf } from '../membership/membership.js';
import { majorityOf } from '../quorum/majority.js';

/** Fewer members have no majority without one of them. */
export const FAILOVER_MEMBERS = 3;
/** `PRIORITY` of a member that would go first. */
const MOST_PRIORITY = 100;
/** The longest wait is this much of an ELECTION_TIMEOUT longer than the shortest. */
const SPREAD = 0.5;

export interface FailoverSettings {
  readonly failover: 'auto' | 'manual';
  readonly electionTimeoutMs: number;
  readonly priority: number;
}

/** Do nodes of this membership elect a master without an operator now? */
export function isAutomatic(
  { failover }: Pick<FailoverSettings, 'failover'>,
  membership: Membership,
  wallMs: number,
): boolean {
  return failover === 'auto' && membership.members.length >= FAILOVER_MEMBERS && !isPaused(membership, wallMs);
}

export function isPaused({ pausedUntilMs = 0 }: Pick<Membership, 'pausedUntilMs'>, wallMs: number): boolean {
  return wallMs < pausedUntilMs;
}

/** How much of a silence counts: after a pause everybody waits anew, and the members do not all campaign at once. */
export function countedSilenceMs(
  { pausedUntilMs = 0 }: Pick<Membership, 'pausedUntilMs'>,
  { silentMs, wallMs }: { readonly silentMs: number; readonly wallMs: number },
): number {
  return Math.max(0, Math.min(silentMs, wallMs - pausedUntilMs));
}

/** What becomes of the cluster if its master is gone now, for those who run it. */
export interface FailoverStanding {
  readonly mode: FailoverSettings['failover'];
  readonly pausedUntilMs: number | null;
  /** Is another member elected then, without an operator? */
  readonly possible: boolean;
  /** Why not, and what to do about it; `null` if it is. */
  readonly why: string | null;
}

export function failoverStanding(
  { failover }: Pick<FailoverSettings, 'failover'>,
  membership: Membership,
  wallMs: number,
): FailoverStanding {
  const pausedUntilMs = isPaused(membership, wallMs) ? (membership.pausedUntilMs as number) : null;
  const why = whyNotPossible(failover, membership.members.length, pausedUntilMs);
  return { mode: failover, pausedUntilMs, possible: why === null, why };
}

function whyNotPossible(
  failover: FailoverSettings['failover'],
  members: number,
  pausedUntilMs: number | null,
): string | null {
  if (failover === 'manual')
    return 'FAILOVER=manual: when the master is gone, an operator makes another member master with POST /cluster/promote.';
  if (members === 0) return 'This node knows of no members yet: it has to join a cluster first.';
  if (members === 1) return 'With one member no other node can be elected when the master is gone: use three.';
  if (members === 2) return 'With two members no other node can be elected when the master is gone: use three.';
  if (pausedUntilMs === null) return null;
  const until = new Date(pausedUntilMs).toISOString();
  return `An operator has paused automatic failover until ${until}. End the pause with POST /cluster/failover {"paused": false}.`;
}

/**
 * How long a member waits for its master, from one ELECTION_TIMEOUT to one and a half: a higher priority waits less, and
 * chance keeps two members of one priority apart. `chance`: from 0 to 1.
 */
export function patienceMs({ electionTimeoutMs, priority }: FailoverSettings, chance: number): number {
  const order = (MOST_PRIORITY - priority) / MOST_PRIORITY;
  return electionTimeoutMs * (1 + (SPREAD * (order + chance)) / 2);
}

export interface MemberFacts {
  readonly nodeId: string;
  readonly incarnation: string;
  readonly membership: Membership;
  readonly storage: StorageState;
}

/** Has this secondary waited long enough, and may it become master? */
export function hasLostMaster(
  facts: MemberFacts,
  { priority }: Pick<FailoverSettings, 'priority'>,
  { silentMs, patienceMs: patience }: { readonly silentMs: number; readonly patienceMs: number },
): boolean {
  if (silentMs < patience || priority === 0 || facts.storage !== 'ok') return false;
  return standingOf(facts.membership, facts) === 'member';
}

/** How long a master has not heard from a majority, itself included. `heardMs`: when it heard each of the other members. */
export function majoritySilentMs(heardMs: readonly number[], nowMs: number): number {
  const needed = majorityOf(heardMs.length + 1) - 1;
  if (needed === 0) return 0;
  const latest = heardMs.toSorted((one, other) => other - one)[needed - 1] as number;
  return nowMs - latest;
}

/** Why a master gives up its term; `null` if it keeps it. With QUORUM_LOSS=accept it serves on without a majority. */
export function whyNoMaster(
  { storage, silentMs }: { readonly storage: StorageState; readonly silentMs: number },
  {
    electionTimeoutMs,
    quorumLoss,
  }: { readonly electionTimeoutMs: number; readonly quorumLoss: 'read-only' | 'accept' },
): 'stalled' | 'unheard' | null {
  const isUnheard = silentMs >= electionTimeoutMs;
  // Nobody could take over from a master that hears no majority.
  if (storage === 'stalled') return isUnheard ? null : 'stalled';
  return isUnheard && quorumLoss === 'read-only' ? 'unheard' : null;
}
