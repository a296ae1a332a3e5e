/** Everything the clients of a run were told, for the checkers of histories. */
import type { Write, WriteOutcome } from '../../checkers/history.js';

export interface Told {
  readonly outcome: WriteOutcome;
  /** For each message; `null` if no receipt names it. */
  readonly seqs: readonly (number | null)[];
  /** Was it satisfied by a majority? Then its place is fixed for good. */
  readonly isStrong: boolean;
}

const NOTHING: Told = { outcome: 'unknown', seqs: [], isStrong: false };

/** One write of a client, of one message or of a batch. */
export class Chapter {
  private told = NOTHING;
  private endedAt = Number.POSITIVE_INFINITY;

  constructor(
    readonly texts: readonly string[],
    readonly keys: readonly (string | null)[],
    private readonly beganAt: number,
    private readonly tick: () => number,
  ) {}

  /** The last answer came. If the place is not fixed, a try under way may still take another. */
  end(told: Told): void {
    this.told = told;
    if (told.isStrong) this.endedAt = this.tick();
  }

  /** The same write, known only as rejected or not. */
  forgotten(): Chapter {
    const chapter = new Chapter(this.texts, this.keys, this.beganAt, this.tick);
    if (this.told.outcome === 'rejected') chapter.end(this.told);
    return chapter;
  }

  get isStrong(): boolean {
    return this.told.isStrong;
  }

  get writes(): Write[] {
    const { outcome, seqs } = this.told;
    const { beganAt, endedAt } = this;
    return this.texts.map((message, place) => {
      const seq = seqs[place] ?? null;
      return { message, key: this.keys[place] ?? null, outcome, seq, beganAt, endedAt };
    });
  }
}

export class Story {
  readonly chapters: Chapter[] = [];
  /** What readers were shown as committed, by seq: the epoch and the message. */
  readonly shown = new Map<number, { readonly epoch: number; readonly text: string }>();
  private ticks = 0;
  private messages = 0;

  /**
   * What holds after a forced promotion. Of all that earlier clients were told, only the rejections still hold: their
   * other messages may be in the log or not.
   */
  afterForce(): Story {
    const next = new Story();
    next.ticks = this.ticks;
    next.messages = this.messages;
    next.chapters.push(...this.chapters.map((chapter) => chapter.forgotten()));
    return next;
  }

  /** Each message is another one. */
  nextMessage(): number {
    return ++this.messages;
  }

  begin(texts: readonly string[], keys: readonly (string | null)[]): Chapter {
    const chapter = new Chapter(texts, keys, this.tick(), () => this.tick());
    this.chapters.push(chapter);
    return chapter;
  }

  private tick(): number {
    return ++this.ticks;
  }
}
