/** Asks a majority of the members whether it still follows this master: a linearizable read needs that. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { Clock } from '@replog/contracts/ports.js';
import { majorityOf } from '@replog/core/quorum/majority.js';
import { wayOut } from '@replog/core/quorum/way-out.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { CopyLedger } from './copy-ledger.js';
import type { Links } from './links.js';

interface ConfirmationPorts {
  readonly node: LocalNode;
  readonly clock: Clock;
  readonly config: NodeConfig;
}

export class MajorityConfirmation {
  constructor(
    private readonly ports: ConfirmationPorts,
    private readonly ledger: Pick<CopyLedger, 'epochStart'>,
    private readonly links: Pick<Links, 'confirm'>,
  ) {}

  /** See `NodeView.confirmTerm`. */
  async confirm(): Promise<number> {
    const { node } = this.ports;
    await this.epochCommitted();
    const upTo = node.committed;
    const others = node.membership.members.filter((member) => member.nodeId !== node.nodeId);
    const needed = majorityOf(node.membership.members.length) - 1;
    const rounds = others.map((member) => this.links.confirm(member.nodeId));
    await this.withinReach(enough(rounds, needed));
    return upTo;
  }

  private async epochCommitted(): Promise<void> {
    const { node } = this.ports;
    const { epochStart } = this.ledger;
    if (node.committed >= epochStart) return;
    await this.withinReach(
      new Promise((resolve) => {
        const stop = node.onCommitted((committed) => {
          if (committed < epochStart) return;
          stop();
          resolve();
        });
      }),
    );
  }

  /** The limit is the time after which silent members count as unreachable. */
  private async withinReach(confirmed: Promise<void>): Promise<void> {
    const { node, clock, config } = this.ports;
    const limitMs = config.healthcheckTimeoutMs * config.healthcheckFailures;
    await new Promise<void>((resolve, reject) => {
      const fail = (): void => reject(noMajority(node.nodeId));
      const timer = clock.after(limitMs, fail);
      confirmed.then(resolve, fail).finally(() => timer.cancel());
    });
  }
}

/** Resolves when `needed` of `rounds` have; rejects as soon as too many have failed. What it rejects with is not told. */
function enough(rounds: readonly Promise<void>[], needed: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let confirmed = 0;
    let failed = 0;
    if (needed <= 0) resolve();
    if (rounds.length < needed) reject(new Error('there are too few members'));
    for (const round of rounds) {
      round.then(
        () => ++confirmed >= needed && resolve(),
        () => ++failed > rounds.length - needed && reject(new Error('too many members did not confirm')),
      );
    }
  });
}

function noMajority(nodeId: string): ReplogError {
  const sentence = `No majority of the members has confirmed this master. Try again shortly. ${wayOut(nodeId)}`;
  return new ReplogError('NO_QUORUM', sentence, { retryAfterS: 1 });
}
