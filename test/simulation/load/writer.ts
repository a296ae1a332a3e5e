/**
 * A client that writes, one message or one batch after the other, with every concern, mostly under a key; what was not
 * answered it repeats under the same key. It tells the ledger what it was promised.
 */
import { ReplogError } from '@replog/contracts';
import type { BatchReceipt, Receipt, WriteConcern } from '@replog/contracts';
import { notMaster } from '@replog/platform';
import { BrokenRule } from '../../checkers/records/index.js';
import type { Door, MasterDoor } from '../cluster/directory.js';
import type { Clients } from './clients.js';

const CONCERNS: readonly WriteConcern[] = [0, 1, 2, 'majority', 'majority', 'majority', 'all'];

/** Bytes of filling a message may have, so that segments fill. */
const MAX_FILLING = 300;

interface Attempted {
  readonly lines: readonly { readonly line: number; readonly key: string | null; readonly payload: Buffer }[];
  readonly texts: readonly string[];
  /** May it be in a log, as far as its answers tell? */
  isUncertain: boolean;
}

/** A write as its client can prove it. */
export interface Satisfied {
  readonly text: string;
  readonly lastSeq: number;
}

export class Writer {
  constructor(
    private readonly name: string,
    private readonly clients: Clients,
    private readonly satisfied: (write: Satisfied) => void,
  ) {}

  async run(): Promise<void> {
    const { random } = this.clients;
    while (!this.clients.isOver) {
      await this.clients.pause(random.next() * 120);
      const size = random.next() < 0.2 ? 2 + Math.floor(random.next() * 4) : 1;
      await this.write(this.draft(size, random.next() < 0.75));
    }
  }

  private draft(size: number, isKeyed: boolean): Attempted {
    const { random } = this.clients;
    const texts = Array.from({ length: size }, () => {
      const filling = 'x'.repeat(Math.floor(random.next() * MAX_FILLING));
      return this.clients.nextText(`${this.name}${filling}`);
    });
    const lines = texts.map((text, place) => ({
      line: place + 1,
      key: isKeyed ? keyOf(text) : null,
      payload: Buffer.from(text),
    }));
    return { lines, texts, isUncertain: false };
  }

  private async write(attempted: Attempted): Promise<void> {
    const { clients } = this;
    const { random } = clients;
    const isKeyed = attempted.lines[0]?.key !== null;
    for (let attempt = 0; attempt < 12 && !clients.isOver; attempt++) {
      const concern = CONCERNS[Math.floor(random.next() * CONCERNS.length)] as WriteConcern;
      const timeoutMs = 50 + random.next() * 1_000;
      const answered = await this.tryOnce(attempted, concern, timeoutMs);
      if (answered === 'done' || (answered === 'unknown' && !isKeyed)) return;
      await clients.pause(20 + random.next() * 400);
    }
    if (attempted.isUncertain) return;
    clients.cluster.count('writes rejected');
    for (const text of attempted.texts) clients.cluster.guard(() => clients.cluster.ledger.wasRejected(text));
  }

  private async tryOnce(
    attempted: Attempted,
    concern: WriteConcern,
    timeoutMs: number,
  ): Promise<'done' | 'unknown' | 'rejected'> {
    const { clients } = this;
    try {
      const answer = await clients.askMaster(timeoutMs + 300, (door) =>
        this.append(door, attempted, concern, timeoutMs),
      );
      attempted.isUncertain = true;
      clients.trace.add(this.name, `${answer.outcome} at wc=${concern}: record ${answer.index}, seq ${answer.seq}`);
      clients.cluster.count(`writes ${answer.outcome}`);
      return answer.outcome === 'satisfied' || clients.random.next() < 0.5 ? 'done' : 'unknown';
    } catch (error) {
      if (error instanceof BrokenRule) throw error;
      return this.failed(attempted, error);
    }
  }

  private failed(attempted: Attempted, error: unknown): 'unknown' | 'rejected' {
    const { clients } = this;
    if (error instanceof ReplogError && error.code === 'KEY_REUSED') {
      const sentence = `${this.name} repeated a request under its key and was refused: ${error.message}`;
      clients.cluster.guard(() => {
        throw new BrokenRule('duplicate', sentence);
      });
    }
    const isRejected = error instanceof ReplogError;
    clients.trace.add(this.name, `failed: ${error instanceof ReplogError ? error.code : String(error)}`);
    if (!isRejected) attempted.isUncertain = true;
    return isRejected ? 'rejected' : 'unknown';
  }

  /** Runs on the master; what it answers is checked there, at the moment at which it is true. */
  private async append(
    door: Door,
    attempted: Attempted,
    concern: WriteConcern,
    timeoutMs: number,
  ): Promise<Receipt | BatchReceipt> {
    const { master } = door;
    if (master === null) throw notMaster(door.node.master);
    const receipt = await this.appendAt(master, attempted, concern, timeoutMs);
    this.clients.cluster.guard(() => this.checkReceipt(door, receipt, concern, attempted));
    return receipt;
  }

  private appendAt(
    { appends }: MasterDoor,
    { lines }: Attempted,
    concern: WriteConcern,
    timeoutMs: number,
  ): Promise<Receipt | BatchReceipt> {
    const options = { concern, timeoutMs };
    const [only] = lines;
    if (lines.length === 1 && only !== undefined) return appends.append(only, options);
    return appends.appendBatch(lines, options);
  }

  private checkReceipt(door: Door, receipt: Receipt | BatchReceipt, concern: WriteConcern, { texts }: Attempted): void {
    const { cluster } = this.clients;
    const { node } = door;
    const machine = cluster.machine(node.nodeId);
    const log = cluster.logOf(machine);
    const lastIndex = 'lastIndex' in receipt ? receipt.lastIndex : receipt.index;
    const record = log.at(lastIndex);
    const nodeId = node.nodeId;
    if (record === undefined) {
      throw new BrokenRule('receipt', `${nodeId} gave a receipt for record ${lastIndex}, which is not on its disk`);
    }
    cluster.ledger.receipt(lastIndex, record.chain, receipt.acks, (acked) =>
      cluster.logOf(cluster.machine(acked)).had(lastIndex, record.chain),
    );
    const first = log.at(receipt.index);
    if (first?.text !== texts[0] && !('lastIndex' in receipt && receipt.appended < receipt.count)) {
      throw new BrokenRule(
        'receipt',
        `the receipt for ${texts[0]} names record ${receipt.index}, which is ${first?.text}`,
      );
    }
    const members = node.membership.members.length;
    const isMajority = concern === 'majority' || concern === 'all' || receipt.writeConcern.copies * 2 > members;
    if (receipt.outcome !== 'satisfied' || !isMajority) return;
    cluster.ledger.commit(`${nodeId}'s receipt`, { nodeId, records: log.all }, lastIndex);
    const lastSeq = 'lastSeq' in receipt ? receipt.lastSeq : receipt.seq;
    for (const text of texts) this.satisfied({ text, lastSeq });
  }
}

function keyOf(text: string): string {
  return `key-${(JSON.parse(text) as { number: number }).number}`;
}
