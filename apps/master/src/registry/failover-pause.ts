/** An operator pauses automatic failover. The pause is in the log, so it is the same on every node and survives a change of master. */
import type { FailoverView } from '@replog/contracts/views.js';
import { isPaused } from '@replog/core/election/failover.js';
import { failoverView } from '@replog/cluster/election/failover-view.js';
import type { Memberships } from '../replication/memberships.js';
import type { MasterTermPorts } from '../term/term-ports.js';
import type { ChangeCommit } from './change-commit.js';

const MINUTE_MS = 60_000;

export class FailoverPause {
  constructor(
    private readonly ports: Pick<MasterTermPorts, 'node' | 'clock' | 'config'>,
    private readonly memberships: Memberships,
    private readonly commit: ChangeCommit,
  ) {}

  /** From now on, also where it is paused already. Resolves once that is committed. */
  async begin(minutes: number): Promise<FailoverView> {
    this.commit.requirePossible('pause');
    const untilMs = this.ports.clock.wallMs() + minutes * MINUTE_MS;
    await this.commit.committed(await this.memberships.pause(untilMs), 'pause');
    return failoverView(this.ports);
  }

  /** Without a pause nothing is written. */
  async end(): Promise<FailoverView> {
    const { node, clock } = this.ports;
    let index = node.membershipIndex;
    if (isPaused(node.membership, clock.wallMs())) {
      this.commit.requirePossible('pause');
      index = await this.memberships.pause(clock.wallMs());
    }
    await this.commit.committed(index, 'end of the pause');
    return failoverView(this.ports);
  }
}
