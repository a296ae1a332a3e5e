/**
 * The last message that the client of a live tail has, and whether this log still has it. A cut is always followed by
 * records of a higher epoch, so the log is asked again only when the epoch of its end has changed.
 */
import type { ReplogError } from '@replog/contracts/errors.js';
import { BEGINNING } from '@replog/contracts/place.js';
import type { AskedPlace, Place } from '@replog/contracts/place.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { History } from '../history/history.js';
import type { ReadQuery } from './read-query.js';

export class HeldPlace {
  /** The log has the place: so it was found when its last record was of `seenEpoch`. */
  private isShared = false;
  private seenEpoch = 0;

  private constructor(
    private readonly store: LogStore,
    private readonly history: History,
    /** Without an epoch: nobody knows which message the client has under that number. */
    private place: AskedPlace,
  ) {}

  /** Throws ReplogError HISTORY_CHANGED if this log lacks the place. */
  static async open(store: LogStore, history: History, { afterSeq, afterEpoch }: ReadQuery): Promise<HeldPlace> {
    // A number alone means the message that has it now.
    const epoch = afterEpoch ?? (afterSeq === 0 ? BEGINNING : await history.find(afterSeq))?.epoch ?? null;
    const held = new HeldPlace(store, history, { seq: afterSeq, epoch });
    const lost = await held.lost();
    if (lost !== null) throw lost;
    return held;
  }

  get seq(): number {
    return this.place.seq;
  }

  /** The client was sent the messages up to `place`. */
  moveTo(place: Place): void {
    this.place = place;
  }

  /** Why the client cannot go on in this log; `null` if it can. */
  async lost(): Promise<ReplogError | null> {
    const { seq, epoch } = this.place;
    const lastEpoch = this.store.last.epoch;
    if (epoch === null || (this.isShared && this.seenEpoch === lastEpoch)) return null;
    const standing = await this.history.standingOf({ seq, epoch });
    this.isShared = standing === 'shared';
    this.seenEpoch = lastEpoch;
    return standing === 'changed' ? this.history.changed({ seq, epoch }) : null;
  }
}
