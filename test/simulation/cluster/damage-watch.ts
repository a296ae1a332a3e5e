/** Counts in which way damage was found first, and hands the finding on to the node's own reporter. */
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';

export type WayOfFinding =
  | 'on opening'
  | 'by a read'
  | 'on send'
  | 'on receipt'
  | 'by the scrub'
  | 'by the comparison of chains'
  | 'by a request';

export class DamageWatch {
  constructor(
    private readonly node: Pick<LocalNode, 'isDamaged' | 'role'>,
    private readonly damage: DamageReporter,
    private readonly found: (way: WayOfFinding) => void,
  ) {}

  /** The reporter for one who may find damage in this way. */
  way(way: WayOfFinding): DamageReporter {
    return {
      report: (error) => {
        if (!this.node.isDamaged) this.found(way);
        this.damage.report(error);
      },
    };
  }
}
