/** A client that reads, on any node, with every concern, page after page, and remembers what it was shown. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { ReadConcern } from '@replog/contracts/views.js';
import { MEDIA } from '@replog/contracts/http.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { Door } from '../cluster/directory.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import type { Clients } from './clients.js';

const CONCERNS: readonly ReadConcern[] = ['local', 'majority', 'majority', 'linearizable'];
const TIMEOUT_MS = 2_000;

interface Shown {
  readonly seq: number;
  readonly epoch: number;
  readonly message: unknown;
}

export class Reader {
  /** Where this reader goes on. It has seen everything committed before. */
  private afterSeq = 0;

  constructor(
    private readonly name: string,
    private readonly clients: Clients,
    /** Highest seq acknowledged with a majority so far. */
    private readonly acknowledgedSeq: () => number,
  ) {}

  async run(): Promise<void> {
    const { random } = this.clients;
    while (!this.clients.isOver) {
      await this.clients.pause(random.next() * 500);
      const concern = CONCERNS[Math.floor(random.next() * CONCERNS.length)] as ReadConcern;
      const afterSeq = random.next() < 0.2 ? Math.floor(random.next() * this.afterSeq) : this.afterSeq;
      await this.read(concern, afterSeq);
    }
  }

  private async read(concern: ReadConcern, afterSeq: number): Promise<void> {
    const { clients } = this;
    const acknowledged = this.acknowledgedSeq();
    const target = clients.anyMachine();
    const ask = (door: Door): Promise<Shown[]> => this.collect(door, concern, afterSeq);
    try {
      const shown = await (concern === 'linearizable'
        ? clients.askMaster(TIMEOUT_MS, ask)
        : clients.ask(target, TIMEOUT_MS, ask));
      clients.cluster.count(`reads ${concern}`);
      clients.cluster.guard(() => this.check(shown, concern, { afterSeq, acknowledged, target }));
    } catch (error) {
      clients.trace.add(this.name, `failed: ${error instanceof ReplogError ? error.code : String(error)}`);
    }
  }

  private async collect(door: Door, concern: ReadConcern, afterSeq: number): Promise<Shown[]> {
    let text = '';
    const query = { format: MEDIA.ndjson, afterSeq, afterEpoch: null, limit: 200, concern };
    for await (const piece of door.reader.read(query, new AbortController().signal)) text += piece.toString();
    const lines = text.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Shown);
  }

  private check(
    shown: readonly Shown[],
    concern: ReadConcern,
    { afterSeq, acknowledged, target }: { afterSeq: number; acknowledged: number; target: SimulatedNode },
  ): void {
    const where = concern === 'linearizable' ? 'the master' : target.name;
    let last = { seq: afterSeq, epoch: 0 };
    for (const { seq, epoch } of shown) {
      if (seq !== last.seq + 1) {
        throw new BrokenRule('numbering', `${where} gave message ${seq} after message ${last.seq} (${concern})`);
      }
      if (epoch < last.epoch) throw new BrokenRule('order', `${where} gave epoch ${epoch} after ${last.epoch}`);
      last = { seq, epoch };
    }
    if (concern === 'local') return;
    for (const { seq, epoch, message } of shown) {
      const text = JSON.stringify(message);
      this.clients.cluster.ledger.showed(where, seq, text);
      this.clients.story.shown.set(seq, { epoch, text });
    }
    this.afterSeq = Math.max(this.afterSeq, last.seq);
    if (concern === 'linearizable' && shown.length < 200 && last.seq < acknowledged) {
      const sentence = `a linearizable read ended at message ${last.seq}, though ${acknowledged} had been acknowledged before it began`;
      throw new BrokenRule('read', sentence);
    }
  }
}
