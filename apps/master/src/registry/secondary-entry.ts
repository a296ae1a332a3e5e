/** One secondary as its master knows it: who it is, how it is, and the link to it. */
import type { MemberState } from '@replog/contracts/views.js';
import type { FailureDetector } from '@replog/core/health/failure-detector.js';
import type { MemberStanding } from '@replog/core/membership/membership.js';
import type { LinkPeer, SecondaryLink } from '../replication/secondary-link.js';

export class SecondaryEntry {
  /** A ping is on its way: the next round passes this one over. */
  isBeingPinged = false;

  /** The first record that it was found to hold otherwise than this master; `null` where none was. */
  differsFrom: number | null = null;

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

  /** What a client is told of how it is. */
  get reason(): string {
    const reason = `${this.detector.reason}; link ${this.link.state}`;
    return this.differsFrom === null
      ? reason
      : `${reason}; holds other records than the master from ${this.differsFrom} on`;
  }

  /** A node that has not caught up yet is JOINING, however healthy; one that does not answer is UNREACHABLE. */
  stateAs(standing: MemberStanding): MemberState {
    if (this.detector.state === 'UNREACHABLE') return 'UNREACHABLE';
    return standing === 'member' ? this.detector.state : 'JOINING';
  }
}
