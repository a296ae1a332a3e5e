/**
 * Many clients that write at the same time, one write after the other, and remember their answers. A write with a key
 * is repeated under it until there is an answer; one without a key is tried once.
 */
import type { Write, WriteOutcome } from '../checkers/history.js';
import type { NodeClient } from './node-client.js';
import { nextTick } from './ticks.js';

export interface WriterPlan {
  /** Stands in every message, so that those of several runs are told apart. */
  readonly name: string;
  /** Taken in turn. */
  readonly concerns: readonly (number | string)[];
  /** Every n-th write has a key; 0: none has. */
  readonly keyEvery: number;
  readonly timeoutMs: number;
}

/** Between two tries at a node that is down: less would only burn the processor it needs to start. */
const RETRY_AFTER_MS = 200;

interface Try {
  readonly outcome: WriteOutcome;
  readonly seq: number | null;
}

export class Writers {
  readonly writes: Write[] = [];
  /** How often each status was answered. */
  readonly statuses = new Map<number, number>();
  private isStopping = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    /** Where to write; asked before every try, since masters change. */
    private readonly client: () => NodeClient,
    private readonly plan: WriterPlan,
  ) {}

  get satisfied(): number {
    return this.writes.filter(({ outcome }) => outcome === 'satisfied').length;
  }

  start(count: number): void {
    this.running = Promise.all(Array.from({ length: count }, (_, writer) => this.run(writer)));
  }

  /** Every writer finishes its current write. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  private async run(writer: number): Promise<void> {
    for (let number = writer; !this.isStopping; number++) {
      const { name, concerns, keyEvery } = this.plan;
      const message = `${name}: writer ${writer}, message ${number}`;
      const concern = concerns[number % concerns.length] as number | string;
      await this.write(message, concern, number % keyEvery === 0 ? message : null);
    }
  }

  private async write(message: string, concern: number | string, key: string | null): Promise<void> {
    const beganAt = nextTick();
    let last = await this.attempt(message, concern, key);
    let hasDoubt = last.outcome === 'unknown';
    while (key !== null && last.seq === null && !this.isStopping) {
      last = await this.attempt(message, concern, key);
      hasDoubt ||= last.outcome === 'unknown';
    }
    // A rejection covers only its own try: an earlier try may have been stored.
    const outcome = last.outcome === 'rejected' && hasDoubt ? 'unknown' : last.outcome;
    this.writes.push({ message, key, outcome, seq: last.seq, beganAt, endedAt: nextTick() });
  }

  private async attempt(message: string, concern: number | string, key: string | null): Promise<Try> {
    const options = { timeoutMs: this.plan.timeoutMs, ...(key === null ? {} : { key }) };
    const answer = await this.client()
      .append(message, concern, options)
      .catch(() => null);
    if (answer !== null) this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1);
    if (answer !== null && answer.status < 300) return { outcome: answer.body.outcome, seq: answer.body.seq };
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    const isOpen = answer === null || answer.status === 500 || answer.status === 504;
    return { outcome: isOpen ? 'unknown' : 'rejected', seq: null };
  }
}
