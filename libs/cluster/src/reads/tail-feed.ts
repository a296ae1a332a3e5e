/**
 * What all live tails of a node share. They advance together when the log has grown: at once after a silence, and at a
 * steady beat under load, so that one socket write carries the records of a beat and not of a single sync. Tails at the
 * same position share one read of the log and one formatted text.
 */
import { MEDIA } from '@replog/contracts/http.js';
import { RECORD_HEADER_BYTES } from '@replog/contracts/limits.js';
import { recordSeq } from '@replog/contracts/record.js';
import type { Clock, Timer } from '@replog/contracts/ports.js';
import type { ReadConcern } from '@replog/contracts/views.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { NodeView } from '../node/node-view.js';
import type { Alarm } from './alarm.js';
import type { BlockSource } from './log-cursor.js';
import { formatMessages } from './message-format.js';
import type { FormattedMessages, MessageRange } from './message-format.js';
import { visibleUpTo } from './visible.js';

/** The longest time a live tail waits for something it may show. */
export const TAIL_BEAT_MS = 10;

/** Blocks kept for other tails until the next beat. Tails that are behind have positions of their own. */
const MAX_SHARED_BLOCKS = 4;

interface SharedBlock {
  readonly fromIndex: number;
  readonly upTo: number;
  readonly block: Promise<Buffer>;
}

export class TailFeed implements BlockSource {
  private readonly alarms = new Set<Alarm>();
  private stopListening: () => void = () => undefined;
  private nextBeat: Timer | null = null;
  private lastBeatMs = Number.NEGATIVE_INFINITY;
  /** The last visible index at the last beat. All tails stop there and go on together. */
  private local = 0;
  private majority = 0;
  /** What was read and formatted since the last beat. */
  private blocks: SharedBlock[] = [];
  private readonly texts = new Map<Buffer, FormattedMessages>();

  constructor(
    private readonly store: LogStore,
    private readonly view: NodeView,
    private readonly clock: Clock,
  ) {}

  /** From now on each beat rings `alarm`. Returns a function that ends this. */
  join(alarm: Alarm): () => void {
    if (this.alarms.size === 0) this.begin();
    this.alarms.add(alarm);
    return () => {
      this.alarms.delete(alarm);
      if (this.alarms.size === 0) this.end();
    };
  }

  /** How far a tail may read: to the index of the last beat, but not past a later cut. */
  upTo(concern: ReadConcern): number {
    return Math.min(concern === 'local' ? this.local : this.majority, visibleUpTo(this.store, this.view, concern));
  }

  /** A second call for the same block before the next beat gets the same buffer. */
  read(fromIndex: number, options: { maxBytes: number; upTo: number }): Promise<Buffer> {
    const { upTo } = options;
    const known = this.blocks.find((each) => each.fromIndex === fromIndex && each.upTo === upTo);
    if (known !== undefined) return known.block;
    const block = this.store.read(fromIndex, options);
    if (this.blocks.length < MAX_SHARED_BLOCKS) this.blocks.push({ fromIndex, upTo, block });
    return block;
  }

  /** The messages of a block as events. Calls for a whole block from `read` share one text. */
  format(block: Buffer, range: MessageRange): FormattedMessages {
    if (!isAllOf(block, range)) return formatMessages(block, range, MEDIA.eventStream, true);
    let text = this.texts.get(block);
    if (text === undefined) {
      text = formatMessages(block, range, MEDIA.eventStream, true);
      if (this.texts.size < MAX_SHARED_BLOCKS) this.texts.set(block, text);
    }
    return text;
  }

  /** After a cut: what was read before must not be given again, or a tail that reads anew meets the same cut for ever. */
  forget(): void {
    this.blocks = [];
    this.texts.clear();
  }

  private begin(): void {
    const grown = (): void => this.grown();
    const stops = [this.store.onDurable(grown), this.view.onCommitted(grown)];
    this.stopListening = () => stops.forEach((stop) => stop());
    this.look();
  }

  private end(): void {
    this.stopListening();
    this.nextBeat?.cancel();
    this.nextBeat = null;
    this.forget();
  }

  private grown(): void {
    if (this.nextBeat !== null) return;
    const waitMs = this.lastBeatMs + TAIL_BEAT_MS - this.clock.nowMs();
    if (waitMs <= 0) this.beat();
    else this.nextBeat = this.clock.after(waitMs, () => this.beat());
  }

  private beat(): void {
    this.nextBeat = null;
    this.lastBeatMs = this.clock.nowMs();
    this.look();
    for (const alarm of this.alarms) alarm.ring();
  }

  private look(): void {
    this.local = visibleUpTo(this.store, this.view, 'local');
    this.majority = visibleUpTo(this.store, this.view, 'majority');
    this.forget();
  }
}

/** True only if every message of the block is certainly included; it does not count to find out. */
function isAllOf(block: Buffer, { afterSeq, limit }: MessageRange): boolean {
  return limit >= block.length / RECORD_HEADER_BYTES && recordSeq(block, 0) > afterSeq;
}
