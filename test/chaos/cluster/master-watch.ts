/** Notes every change of master as it is seen from outside, with the reason that the nodes give for it. */
import type { ElectionView } from '@replog/contracts/views.js';
import type { Operator, Seen } from './operator.js';

const LOOK_EVERY_MS = 200;

/** A master that was seen for the first time. */
export interface MasterSeen {
  readonly nodeId: string;
  readonly epoch: number;
  readonly seenMs: number;
  /** Why it became master, as it says; `null`: nobody knows. */
  readonly cause: ElectionView['cause'];
  /** Of a failover: who was lost, and for how long it had been silent. */
  readonly lost: ElectionView['lost'];
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
      for (const seen of await this.operator.look()) {
        if (seen.role === 'master' && !this.seen.some(({ epoch }) => epoch === seen.epoch)) this.isMaster(seen);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  private isMaster({ node: { nodeId }, epoch, election }: Seen): void {
    const { cause = null, lost = null } = election ?? {};
    this.seen.push({ nodeId, epoch, seenMs: performance.now(), cause, lost });
    this.note(`${nodeId} is master in epoch ${epoch}: ${reasonOf({ cause, lost })}`);
  }
}

export function reasonOf({ cause, lost }: Pick<MasterSeen, 'cause' | 'lost'>): string {
  if (cause === null) return 'nobody knows why';
  return lost === null ? cause : `${cause}, ${lost.nodeId ?? 'no master'} silent for ${Math.round(lost.silentMs)} ms`;
}
