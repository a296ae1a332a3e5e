/** One secondary as its master knows it: its identity, its state and the link to it. */
import type { MemberState, StorageState } from '@replog/contracts/views.js';
import { AcknowledgementWatch } from '@replog/core/health/acknowledgement-watch.js';
import type { FailureDetector } from '@replog/core/health/failure-detector.js';
import type { MemberStanding } from '@replog/core/membership/membership.js';
import type { LinkPeer, SecondaryLink } from '../replication/secondary-link.js';

export interface Revision {
  /** What it had acknowledged. */
  readonly acknowledged: number;
  readonly why: string;
}

export class SecondaryEntry {
  /** A ping is not answered yet: the next round skips this secondary. */
  isBeingPinged = false;

  /** It came back with less than it acknowledged: its incarnation does not count any more in this term. */
  revision: Revision | null = null;

  /** Why it joins again under this incarnation. Shown while it is JOINING. */
  rejoins: string | null = null;

  /** The first record that differs from this master's; `null` if none is known. */
  differsFrom: number | null = null;

  /** What it last said of its disk; `null` if it has not. */
  storage: StorageState | null = null;

  /** What it last said of its PRIORITY; `null` if it has not. */
  priority: number | null = null;

  readonly acknowledgements = new AcknowledgementWatch();

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
    return this.detector.state !== 'UNREACHABLE' && this.revision === null;
  }

  /** The reason for its state, for clients. */
  reasonAs(standing: MemberStanding): string {
    if (this.revision !== null) return `${this.revision.why}; it has to join again under a new incarnation`;
    const why = standing === 'member' ? null : this.rejoins;
    return why === null ? this.reason : `${this.reason}; ${why}`;
  }

  private get reason(): string {
    const { state, obstacle } = this.link;
    // Otherwise the reason of the detector says it already.
    const isHidden = obstacle !== null && this.detector.state === 'HEALTHY';
    const reason = `${this.detector.reason}; link ${state}${isHidden ? ` (${obstacle})` : ''}`;
    return this.differsFrom === null
      ? reason
      : `${reason}; its log differs from the master's from record ${this.differsFrom} on`;
  }

  /** A healthy node that has not caught up yet is JOINING; a node that does not answer is UNREACHABLE. */
  stateAs(standing: MemberStanding): MemberState {
    if (this.detector.state === 'UNREACHABLE') return 'UNREACHABLE';
    if (this.revision !== null) return 'JOINING';
    return standing === 'member' ? this.detector.state : 'JOINING';
  }
}
