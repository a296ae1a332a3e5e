/**
 * Clients that write throughout, one write after the other. They follow redirects, go to another node if one does not
 * answer, and repeat a write with a key until there is a receipt.
 */
import { seededChance } from '@replog/log-store/testing/seeded-chance.js';
import type { WriteOutcome } from '../../checkers/history.js';
import type { Answer } from '../../support/node-client.js';
import type { ChaosCluster } from '../cluster/chaos-cluster.js';
import type { ChaosNode } from '../cluster/chaos-node.js';
import { lasting } from '../faults/scene.js';
import type { Ledger } from './ledger.js';

const TIMEOUT_MS = 1_000;
/** Longer than the timeout: a node that lives answers before. */
const PATIENCE_MS = 2_500;
const RETRY_AFTER_MS = 40;
const CONCERNS = [0, 'majority', 1, 'all', 'majority', 2] as const;
const BATCH_LINES = 5;
/** How often a write that ended pending is asked for again. */
const MORE_TRIES = 3;

interface Line {
  readonly message: string;
  readonly key: string | null;
}

interface Try {
  readonly outcome: WriteOutcome;
  /** Of each line. */
  readonly seqs: readonly number[] | null;
}

export class ChaosWriters {
  private isStopping = false;
  private isAbandoned = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cluster: ChaosCluster,
    private readonly ledger: Ledger,
    private readonly seed: number,
    private readonly thinkMs: number,
  ) {}

  start(count: number): void {
    this.running = Promise.all(Array.from({ length: count }, (_, number) => this.run(number)));
  }

  /** Every writer finishes its current write, so the cluster must work by then. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  /** Ends at once, answered or not: the run has failed. */
  abandon(): void {
    this.isStopping = true;
    this.isAbandoned = true;
  }

  private async run(writer: number): Promise<void> {
    const client = new Client(this.cluster, this.ledger, seededChance(this.seed * 1000 + writer));
    for (let number = 1; !this.isStopping; number++) {
      const concern = CONCERNS[(writer + number) % CONCERNS.length] as number | string;
      const name = `writer ${writer}, message ${number}`;
      const isBatch = number % 5 === 0;
      const names = isBatch ? Array.from({ length: BATCH_LINES }, (_, line) => `${name}, line ${line}`) : [name];
      const hasKey = number % 3 !== 0;
      await this.write(
        client,
        names.map((message) => ({ message, key: hasKey ? message : null })),
        concern,
      );
      await lasting(this.thinkMs);
    }
  }

  private async write(client: Client, lines: readonly Line[], concern: number | string): Promise<void> {
    const beganAt = this.ledger.tick();
    const hasKey = lines[0]?.key !== null;
    let last = await client.attempt(lines, concern);
    let tries = 1;
    let hasDoubt = last.outcome === 'unknown';
    while (!this.isAbandoned && hasKey && (last.seqs === null || (last.outcome === 'pending' && tries < MORE_TRIES))) {
      if (this.isStopping && last.seqs !== null) break;
      last = await client.attempt(lines, concern);
      tries += 1;
      hasDoubt ||= last.outcome === 'unknown';
    }
    // A rejection covers only its own try: an earlier try may have been stored.
    const outcome = last.outcome === 'rejected' && hasDoubt ? 'unknown' : last.outcome;
    const isStrong = this.isStrong(concern);
    // If the place of a write is not fixed, a try still under way may take it.
    const isFixed = outcome === 'rejected' || (isStrong && outcome === 'satisfied') || (tries === 1 && !hasDoubt);
    const endedAt = isFixed ? this.ledger.tick() : Number.POSITIVE_INFINITY;
    for (const [place, { message, key }] of lines.entries()) {
      const seq = last.seqs?.[place] ?? null;
      this.ledger.add({ message, key, outcome, seq, beganAt, endedAt, concern, isStrong });
    }
  }

  private isStrong(concern: number | string): boolean {
    return typeof concern === 'string' || concern >= Math.floor(this.cluster.nodes.length / 2);
  }
}

/** One client's idea of where the master is. */
class Client {
  private target: ChaosNode;

  constructor(
    private readonly cluster: ChaosCluster,
    private readonly ledger: Ledger,
    private readonly chance: () => number,
  ) {
    this.target = cluster.nodes[0] as ChaosNode;
  }

  async attempt(lines: readonly Line[], concern: number | string): Promise<Try> {
    const answer = await this.send(lines, concern).catch(() => null);
    if (answer !== null) this.ledger.answered(answer.status);
    if (answer !== null && answer.status < 300) return answer;
    const to = answer === null || answer.location === null ? undefined : this.cluster.at(answer.location);
    if (to !== undefined && to !== this.target) this.target = to;
    else {
      await lasting(RETRY_AFTER_MS);
      this.target = this.cluster.nodes[Math.floor(this.chance() * this.cluster.nodes.length)] as ChaosNode;
    }
    const isOpen = answer === null || answer.status === 500 || answer.status === 504;
    return { outcome: isOpen ? 'unknown' : 'rejected', seqs: null };
  }

  private async send(
    lines: readonly Line[],
    concern: number | string,
  ): Promise<Try & { status: number; location: string | null }> {
    const client = this.target.client(PATIENCE_MS);
    const [{ message, key }] = lines as [Line];
    if (lines.length === 1) {
      const options = { timeoutMs: TIMEOUT_MS, ...(key === null ? {} : { key }) };
      const answer = await client.append(message, concern, options);
      return toTry(answer, () => [answer.body.seq]);
    }
    const bodies = lines.map((line) => ({ message: line.message, ...(line.key === null ? {} : { key: line.key }) }));
    const answer = await client.appendLines(bodies, concern, TIMEOUT_MS);
    return toTry(answer, () => seqsOf(answer.body, lines.length));
  }
}

function toTry(
  { status, headers, body }: Answer<{ readonly outcome: WriteOutcome }>,
  seqs: () => number[],
): Try & { status: number; location: string | null } {
  const location = headers.get('location');
  if (status >= 300) return { status, location, outcome: 'rejected', seqs: null };
  return { status, location, outcome: body.outcome, seqs: seqs() };
}

/** What was new follows `seq` in the order of the lines; what was there before is named. */
function seqsOf(
  { seq, duplicates }: { readonly seq: number; readonly duplicates: readonly { line: number; seq: number }[] },
  lines: number,
): number[] {
  const known = new Map(duplicates.map((duplicate) => [duplicate.line, duplicate.seq]));
  let next = seq;
  return Array.from({ length: lines }, (_, place) => known.get(place + 1) ?? next++);
}
