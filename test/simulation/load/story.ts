/** All that the clients of a run were told, as the checkers of histories take it. */
import type { Write, WriteOutcome } from '../../checkers/history.js';

export interface Told {
  readonly outcome: WriteOutcome;
  /** Of each message; `null` where no receipt says it. */
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

  /** The last answer came. Where the place is not fixed, a try that is still under way may take another. */
  end(told: Told): void {
    this.told = told;
    if (told.isStrong) this.endedAt = this.tick();
  }

  /** The same write, of which nothing is known but whether it was rejected. */
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
   * The story of those who come after a forced promotion: what the clients before them were told, but for what was
   * rejected, holds no longer. Of their messages all that is known is that they may be there.
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
