/** Notes every change of master as it is seen from outside, with the reason that the nodes give for it. */
import type { ChaosNode } from './chaos-node.js';
import type { Operator } from './operator.js';

const LOOK_EVERY_MS = 200;

/** A master that was seen for the first time. */
export interface MasterSeen {
  readonly nodeId: string;
  readonly epoch: number;
  readonly seenMs: number;
}

export class MasterWatch {
  readonly seen: MasterSeen[] = [];
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly operator: Pick<Operator, 'look'>,
    private readonly note: (sentence: string) => void,
  ) {}

  start(): void {
    this.running = this.watch();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async watch(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      for (const { node, role, epoch } of await this.operator.look()) {
        if (role === 'master' && !this.seen.some((one) => one.epoch === epoch)) this.isMaster(node, epoch);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  private isMaster({ nodeId }: ChaosNode, epoch: number): void {
    this.seen.push({ nodeId, epoch, seenMs: performance.now() });
    this.note(`${nodeId} is master in epoch ${epoch}`);
  }
}
