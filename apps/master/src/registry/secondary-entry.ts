/** One secondary as its master knows it: who it is, how it is, and the link to it. */
import type { MemberState } from '@replog/contracts';
import type { FailureDetector, MemberStanding } from '@replog/core';
import type { LinkPeer, SecondaryLink } from '../replication/secondary-link.js';

export class SecondaryEntry {
  /** A ping is on its way: the next round passes this one over. */
  isBeingPinged = false;

  constructor(
    readonly peer: LinkPeer,
    readonly detector: FailureDetector,
    readonly link: SecondaryLink,
    /** Wall clock at the last change of state, in milliseconds since the epoch. */
    public sinceMs: number,
  ) {}

  get nodeId(): string {
    return this.peer.nodeId;
  }

  get incarnation(): string {
    return this.peer.incarnation;
  }

  get isReachable(): boolean {
    return this.detector.state !== 'UNREACHABLE';
  }

  /** A node that has not caught up yet is JOINING, however healthy; one that does not answer is UNREACHABLE. */
  stateAs(standing: MemberStanding): MemberState {
    if (this.detector.state === 'UNREACHABLE') return 'UNREACHABLE';
    return standing === 'member' ? this.detector.state : 'JOINING';
  }
}
