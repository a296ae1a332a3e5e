/**
 * Reads the whole log over and over, slowly, and checks every record where it is kept: damage is found while another
 * node still has the record, and not years later by whoever asks for it. A pass goes from the first record to what was
 * durable when it began, so that it ends under any load; where it stands is kept in memory only.
 *
 * It finds and tells; what is done about it is for the DamageReporter to decide.
 */
import type { Clock } from '@replog/contracts/ports.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { Logger } from 'pino';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';

/** Read at once: so little that nobody who waits for the same process notices. */
const BLOCK_BYTES = 128 * 1024;
/** After a pass, and after damage, the scrub rests for as long as it would take to read this much. */
const REST_BYTES = 64 * 1024 * 1024;
/** What a timer takes. */
const MAX_SLEEP_MS = 2 ** 31 - 1;

export interface ScrubPorts {
  readonly log: Pick<LogStore, 'firstIndex' | 'durable' | 'verify'>;
  readonly clock: Clock;
  readonly damage: DamageReporter;
  readonly metrics: Pick<NodeMetrics, 'scrubPosition' | 'scrubPasses' | 'scrubDamaged'>;
  readonly logger: Logger;
}

export class Scrub {
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;
  /** The next record to check. */
  private position = 1;
  /** The last record of this pass. */
  private end = 0;
  /** The damage met last, until it is mended: the scrub stays before it, and counts it once. */
  private met = '';

  constructor(
    private readonly ports: ScrubPorts,
    /** 0: nothing is read. */
    private readonly bytesPerSecond: number,
  ) {}

  start(): void {
    if (this.bytesPerSecond > 0) this.running ??= this.run();
  }

  /** Resolves when nothing touches the log any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    this.beginPass();
    while (!signal.aborted) {
      const bytes = await this.checkBlock();
      await this.ports.clock.sleep(Math.min((bytes / this.bytesPerSecond) * 1000, MAX_SLEEP_MS), signal);
    }
  }

  /** Answers the bytes after which it may go on. */
  private async checkBlock(): Promise<number> {
    const maxBytes = Math.min(BLOCK_BYTES, this.bytesPerSecond);
    try {
      const { nextIndex, bytes } = await this.ports.log.verify(this.position, { maxBytes });
      this.met = '';
      this.moveTo(nextIndex);
      // A log that was cut meanwhile ends before the pass would have.
      if (bytes > 0 && nextIndex <= this.end) return bytes;
      this.ports.metrics.scrubPasses.inc();
      this.beginPass();
    } catch (error) {
      this.failed(error);
    }
    return REST_BYTES;
  }

  private beginPass(): void {
    const { log } = this.ports;
    this.end = log.durable.index;
    this.moveTo(log.firstIndex);
  }

  private moveTo(index: number): void {
    this.position = index;
    this.ports.metrics.scrubPosition.set(index);
  }

  private failed(error: unknown): void {
    const { damage, metrics, logger } = this.ports;
    if (!(error instanceof CorruptRecordError)) {
      logger.error({ err: error, index: this.position }, `the log cannot be read from record ${this.position} on`);
      return;
    }
    if (error.message === this.met) return;
    this.met = error.message;
    metrics.scrubDamaged.inc();
    damage.report(error, 'by the scrub');
  }
}
