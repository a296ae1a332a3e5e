/**
 * What this log knows of a place that a client comes back with. The number of a message may belong to another message by
 * then: a change of master sets records aside that the new history lacks.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import { BEGINNING, placeText } from '@replog/contracts/place.js';
import type { Place } from '@replog/contracts/place.js';
import {
  RecordKind,
  decodeRecord,
  recordEpoch,
  recordKind,
  recordLength,
  recordSeq,
} from '@replog/contracts/record.js';
import type { LogRecord } from '@replog/contracts/record.js';
import type { LogStore, OrphanSet } from '@replog/log-store/log-store.port.js';
import { newestToCome, standingOf } from '@replog/core/history/standing.js';
import type { Standing } from '@replog/core/history/standing.js';
import type { NodeView } from '../node/node-view.js';

export class History {
  constructor(
    private readonly store: LogStore,
    private readonly view: Pick<NodeView, 'epoch' | 'master' | 'holdsTerm'>,
  ) {}

  /** Message `seq`, durable or not; `null` if the log ends before it. Throws CorruptRecordError. */
  async find(seq: number): Promise<LogRecord | null> {
    const index = await this.store.indexOf(seq);
    if (index === null) return null;
    const block = await this.store.read(index, { maxBytes: 1, upTo: index });
    if (block.length === 0) return null;
    const record = decodeRecord(block, 0);
    // The log may have been cut between the two steps.
    return record.seq === seq && record.kind === RecordKind.Message ? record : null;
  }

  async standingOf(place: Place): Promise<Standing> {
    // The end before the search: a log that grows meanwhile must not seem to have passed the place by.
    const lastEpoch = this.store.last.epoch;
    const epochThere = (await this.find(place.seq))?.epoch ?? null;
    const { holdsTerm, master, epoch } = this.view;
    const coming = newestToCome({ holdsTerm, knowsMaster: master !== null, epoch });
    return standingOf(place, { epochThere, lastEpoch, newestToCome: coming });
  }

  /** HISTORY_CHANGED if this log lacks the place and will never have it; else `null`. */
  async whyLost(place: Place): Promise<ReplogError | null> {
    return (await this.standingOf(place)) === 'changed' ? this.changed(place) : null;
  }

  /** The same, thrown. */
  async require(place: Place): Promise<void> {
    const lost = await this.whyLost(place);
    if (lost !== null) throw lost;
  }

  /** The error for a place that this log lacks. It names the last place that both share. */
  async changed(place: Place): Promise<ReplogError> {
    const { seq, epoch } = place;
    const orphans = await this.orphanSetWith(place);
    const shared = await this.lastShared(place, orphans?.firstSeq ?? seq);
    const keptIn = orphans === null ? '' : ` This node keeps it in the orphan set ${orphans.id}.`;
    const parted = shared.seq === 0 ? 'from the start' : `after message ${shared.seq}`;
    const sentence =
      `Message ${seq} of epoch ${epoch} is not in this log, which has another history ${parted}.${keptIn} ` +
      `Continue after ${placeText(shared)}.`;
    return new ReplogError('HISTORY_CHANGED', sentence, {
      extra: { seq, epoch, shared, ...(orphans === null ? {} : { orphanSet: orphans.id }) },
    });
  }

  /**
   * The last message before `beforeSeq` whose epoch is not above that of the place. This is exact if the log has
   * messages of that epoch, or if the orphan set is here; otherwise the client may share less.
   */
  private async lastShared({ epoch }: Place, beforeSeq: number): Promise<Place> {
    let shared = BEGINNING;
    let low = 1;
    let high = Math.min(beforeSeq - 1, this.store.last.seq);
    while (low <= high) {
      const seq = low + Math.floor((high - low) / 2);
      const found = await this.find(seq);
      if (found !== null && found.epoch <= epoch) {
        shared = { seq, epoch: found.epoch };
        low = seq + 1;
      } else high = seq - 1;
    }
    return shared;
  }

  private async orphanSetWith(place: Place): Promise<OrphanSet | null> {
    const { seq, epoch } = place;
    for (const set of await this.store.orphanSets()) {
      const mayHave = seq >= set.firstSeq && seq <= set.lastSeq && epoch < set.epoch;
      if (mayHave && (await this.hasPlace(set, place))) return set;
    }
    return null;
  }

  private async hasPlace({ id }: OrphanSet, place: Place): Promise<boolean> {
    for await (const block of this.store.readOrphans(id)) {
      for (let at = 0; at < block.length; at += recordLength(block, at)) {
        if (recordSeq(block, at) < place.seq || recordKind(block, at) !== RecordKind.Message) continue;
        return recordSeq(block, at) === place.seq && recordEpoch(block, at) === place.epoch;
      }
    }
    return false;
  }
}
