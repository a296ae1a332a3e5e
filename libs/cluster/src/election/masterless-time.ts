/** Counts the time in which this node is no master and hears none. A silence counts from its beginning, once it is longer than ELECTION_TIMEOUT. */
import type { Timer } from '@replog/contracts/ports.js';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import type { NodeParts } from '../node/node-parts.js';

const LOOK_MS = 1_000;

interface Ports {
  readonly node: {
    readonly holdsTerm: boolean;
    readonly hears: string | null;
    readonly hearing: { readonly silentMs: number };
  };
  readonly clock: Pick<NodeParts['clock'], 'nowMs' | 'after'>;
  readonly metrics: Pick<NodeMetrics, 'withoutMaster'>;
}

export class MasterlessTime {
  private timer: Timer | null = null;
  /** Everything before it is counted, or was no time without a master. */
  private countedToMs = 0;

  constructor(private readonly ports: Ports) {}

  start(): void {
    const { clock } = this.ports;
    this.countedToMs = clock.nowMs();
    const look = (): void => {
      this.look();
      this.timer = clock.after(LOOK_MS, look);
    };
    look();
  }

  stop(): void {
    this.timer?.cancel();
  }

  private look(): void {
    const { node, clock, metrics } = this.ports;
    const nowMs = clock.nowMs();
    if (node.holdsTerm) this.countedToMs = nowMs;
    else if (node.hears !== null) this.countedToMs = Math.max(this.countedToMs, nowMs - node.hearing.silentMs);
    else {
      metrics.withoutMaster.inc((nowMs - this.countedToMs) / 1_000);
      this.countedToMs = nowMs;
    }
  }
}
