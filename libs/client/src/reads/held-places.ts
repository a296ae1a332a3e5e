/**
 * The places that a reader has been given, as runs of one epoch each: enough to say which place it holds under a number, and the
 * last one of an epoch. A run costs as much as the number of changes of master, and not of messages.
 */
import type { Place } from '../place.js';

interface Run {
  readonly epoch: number;
  readonly firstSeq: number;
  lastSeq: number;
}

export class HeldPlaces {
  /** With rising epochs. */
  private readonly runs: Run[];

  constructor(from: Place) {
    this.runs = [{ epoch: from.epoch, firstSeq: from.seq, lastSeq: from.seq }];
  }

  get last(): Place {
    const { epoch, lastSeq } = this.runs.at(-1) as Run;
    return { seq: lastSeq, epoch };
  }

  take({ seq, epoch }: Place): void {
    const run = this.runs.at(-1) as Run;
    if (run.epoch === epoch) run.lastSeq = seq;
    else this.runs.push({ epoch, firstSeq: seq, lastSeq: seq });
  }

  /**
   * A log says that it shares this place, without knowing what the reader has. The place to ask it for next: the last one held
   * whose epoch is not above; `null` if the reader holds the shared place itself, or nothing there, so that it is right.
   */
  askInstead(shared: Place): Place | null {
    const there = this.runs.find(({ firstSeq, lastSeq }) => firstSeq <= shared.seq && shared.seq <= lastSeq);
    if (there === undefined || there.epoch === shared.epoch) return null;
    const run = this.runs.findLast(({ epoch, firstSeq }) => epoch <= shared.epoch && firstSeq <= shared.seq);
    return run === undefined ? null : { seq: Math.min(run.lastSeq, shared.seq), epoch: run.epoch };
  }
}
