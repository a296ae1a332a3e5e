/**
 * Reads the whole log over and over, slowly, and checks every record in its file. So damage is found while another node
 * still has the record. A pass covers what was durable when it began, so it ends under any load. Its position is kept
 * in memory only.
 *
 * The scrub only reports damage; the DamageReporter decides what to do about it.
 */
import type { Clock } from '@replog/contracts/ports.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { Logger } from 'pino';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';

/** Bytes per read: few enough that other work in the process is not delayed. */
const BLOCK_BYTES = 128 * 1024;
/** After a pass or damage, the scrub rests for the time that reading this much would take. */
const REST_BYTES = 64 * 1024 * 1024;
/** The longest delay of a timer. */
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
  /** The last damage found, until it is repaired. The scrub stays before it and counts it once. */
  private met = '';

  constructor(
    private readonly ports: ScrubPorts,
    /** With a rate of 0 nothing is read. */
    private readonly bytesPerSecond: number,
  ) {}

  start(): void {
    if (this.bytesPerSecond > 0) this.running ??= this.run();
  }

  /** Resolves when the scrub no longer uses the log. */
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

  /** Returns the number of bytes to pace before the next read. */
  private async checkBlock(): Promise<number> {
    const maxBytes = Math.min(BLOCK_BYTES, this.bytesPerSecond);
    try {
      const { nextIndex, bytes } = await this.ports.log.verify(this.position, { maxBytes });
      this.met = '';
      this.moveTo(nextIndex);
      // A log that was cut meanwhile may end before the end of the pass.
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
