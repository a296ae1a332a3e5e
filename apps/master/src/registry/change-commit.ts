/** What an operator's change of the membership needs beside its record: a majority before it, and its commit after it. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { Clock } from '@replog/contracts/ports.js';
import { wayOut } from '@replog/core/quorum/way-out.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { Memberships } from '../replication/memberships.js';
import type { Secondaries } from './secondaries.js';

interface CommitPorts {
  readonly node: LocalNode;
  readonly config: NodeConfig;
  readonly clock: Clock;
}

export class ChangeCommit {
  constructor(
    private readonly ports: CommitPorts,
    private readonly secondaries: Pick<Secondaries, 'hasQuorum'>,
    private readonly memberships: Pick<Memberships, 'mayChange'>,
  ) {}

  /** Without a majority the change before this one is never committed, and no other may begin. */
  requirePossible(what: string): void {
    if (this.memberships.mayChange || this.secondaries.hasQuorum) return;
    throw new ReplogError(
      'NO_QUORUM',
      `No majority of the members is reachable to commit a ${what}. Bring members back.${this.remedy}`,
      { retryAfterS: 1 },
    );
  }

  /** Resolves once the record at `index` is committed. Rejects with NO_QUORUM if that takes too long. */
  committed(index: number, what: string): Promise<void> {
    const { node, clock, config } = this.ports;
    if (node.committed >= index) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = node.onCommitted((committed) => {
        if (committed < index) return;
        timer.cancel();
        stop();
        resolve();
      });
      const timer = clock.after(config.writeConcernTimeoutMs, () => {
        stop();
        reject(
          new ReplogError(
            'NO_QUORUM',
            `The ${what} is durable on the master and in force, but not committed yet.${this.remedy}`,
            { retryAfterS: 1 },
          ),
        );
      });
    });
  }

  get remedy(): string {
    return this.secondaries.hasQuorum ? '' : ` ${wayOut(this.ports.node.nodeId)}`;
  }
}
