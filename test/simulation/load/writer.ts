/**
 * A client that writes one message or batch after the other, with every concern, mostly with a key. A write without
 * the wanted answer is repeated under its key, or its receipt is asked for.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import type { BatchReceipt, Receipt, WriteConcern } from '@replog/contracts/views.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { Clients } from './clients.js';
import { draftOf } from './draft.js';
import type { Draft, Line } from './draft.js';
import type { Judged } from './receipt-book.js';
import { resume } from './resumption.js';
import type { Chapter } from './story.js';
import { submit } from './submission.js';

const CONCERNS: readonly WriteConcern[] = [0, 1, 2, 'majority', 'majority', 'majority', 'all'];
const MOST_TRIES = 12;
const BATCH_CHANCE = 0.2;

/** What a client knows about its write. */
export interface Satisfied {
  readonly lastSeq: number;
}

/** The result of one request. */
type Heard = 'satisfied' | 'pending' | 'unknown' | 'rejected';

class Attempted {
  /** What the last receipt said. */
  judged: Judged | null = null;
  outcome: 'satisfied' | 'pending' | null = null;
  /** Do the answers allow that it is in a log? */
  isUncertain = false;

  constructor(
    readonly draft: Draft,
    readonly chapter: Chapter,
  ) {}

  get isKeyed(): boolean {
    return this.first.key !== null;
  }

  get first(): Line {
    return this.draft[0] as Line;
  }

  get texts(): readonly string[] {
    return this.draft.map(({ text }) => text);
  }
}

export class Writer {
  constructor(
    private readonly name: string,
    private readonly clients: Clients,
    private readonly satisfied: (write: Satisfied) => void,
  ) {}

  async run(): Promise<void> {
    const { random, story } = this.clients;
    while (!this.clients.isOver) {
      await this.clients.pause(random.next() * 120);
      const draft = draftOf(this.clients, this.name, { random, batchChance: BATCH_CHANCE });
      const texts = draft.map(({ text }) => text);
      const keys = draft.map(({ key }) => key);
      await this.write(new Attempted(draft, story.begin(texts, keys)));
    }
  }

  private async write(attempted: Attempted): Promise<void> {
    const { clients } = this;
    for (let attempt = 0; attempt < MOST_TRIES && !clients.isOver; attempt++) {
      const heard = await this.askOnce(attempted);
      this.tell(attempted);
      if (heard === 'satisfied' || this.givesUp(heard, attempted)) break;
      await clients.pause(20 + clients.random.next() * 400);
    }
    if (attempted.isUncertain) return;
    attempted.chapter.end({ outcome: 'rejected', seqs: [], isStrong: false });
    clients.rejected(attempted.texts);
  }

  /** A client may give up a pending write, or one that has neither a key nor a receipt. */
  private givesUp(heard: Heard, { isKeyed, judged }: Attempted): boolean {
    if (heard === 'pending') return this.clients.random.next() < 0.4;
    return heard === 'unknown' && !isKeyed && judged === null;
  }

  private async askOnce(attempted: Attempted): Promise<Heard> {
    const { random } = this.clients;
    const concern = CONCERNS[Math.floor(random.next() * CONCERNS.length)] as WriteConcern;
    const timeoutMs = 50 + random.next() * 1_000;
    const mayAsk = attempted.isUncertain && attempted.draft.length === 1;
    const mayRepeat = attempted.isKeyed || !attempted.isUncertain;
    try {
      if (mayAsk && (!mayRepeat || random.next() < 0.5)) return await this.ask(attempted, concern, timeoutMs);
      return mayRepeat ? await this.send(attempted, concern, timeoutMs) : 'unknown';
    } catch (error) {
      if (error instanceof BrokenRule) throw error;
      return this.failed(attempted, error);
    }
  }

  private async ask(attempted: Attempted, concern: WriteConcern, timeoutMs: number): Promise<Heard> {
    const { clients } = this;
    const place = attempted.judged?.places[0] ?? null;
    const resumed = await resume(clients, { ...attempted.first, place }, concern, timeoutMs);
    if (resumed === null) return 'unknown';
    if (resumed.kind === 'gone') {
      clients.trace.add(this.name, 'asked what became of its message: it is in no log of that master');
      return 'unknown';
    }
    return this.heard(attempted, resumed.receipt, resumed.judged, concern, 'resumed, ');
  }

  private async send(attempted: Attempted, concern: WriteConcern, timeoutMs: number): Promise<Heard> {
    const { clients } = this;
    const pieces = { bytes: 200 + Math.floor(clients.random.next() * 1_000), everyMs: 0 };
    const { receipt, judged } = await clients.askMaster(timeoutMs + 300, (door) =>
      submit(clients, door, attempted.draft, { concern, timeoutMs, pieces }),
    );
    return this.heard(attempted, receipt, judged, concern, '');
  }

  private heard(
    attempted: Attempted,
    { outcome, index, seq }: Receipt | BatchReceipt,
    judged: Judged | null,
    concern: WriteConcern,
    how: string,
  ): Heard {
    attempted.isUncertain = true;
    attempted.outcome = outcome;
    attempted.judged = judged;
    this.clients.trace.add(this.name, `${how}${outcome} at wc=${concern}: record ${index}, seq ${seq}`);
    this.clients.cluster.count(`writes ${how}${outcome}`);
    return outcome;
  }

  private failed(attempted: Attempted, error: unknown): Heard {
    const { clients } = this;
    const code = error instanceof ReplogError ? error.code : null;
    if (code === 'KEY_REUSED') {
      const sentence = `${this.name} repeated a request under its key and was refused: ${String(error)}`;
      clients.cluster.guard(() => {
        throw new BrokenRule('duplicate', sentence);
      });
    }
    clients.trace.add(this.name, `failed: ${code ?? String(error)}`);
    if (code !== null) clients.refused(code);
    if (code === null) attempted.isUncertain = true;
    return code === null ? 'unknown' : 'rejected';
  }

  /** For the checkers: what this client knows of its write so far. */
  private tell({ judged, outcome, isUncertain, chapter }: Attempted): void {
    if (judged !== null && outcome !== null) {
      if (chapter.isStrong) return;
      chapter.end({ outcome, seqs: judged.places.map(({ seq }) => seq), isStrong: judged.isStrong });
      if (judged.isStrong) this.satisfied({ lastSeq: Math.max(...judged.places.map(({ seq }) => seq)) });
    } else if (isUncertain) chapter.end({ outcome: 'unknown', seqs: [], isStrong: false });
  }
}
