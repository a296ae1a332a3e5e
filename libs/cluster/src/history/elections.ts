/**
 * The last changes of master in the log of this node, newest first. They are read from the log: each epoch begins with one
 * record, so the list holds what the log holds, after a restart and after a cut. Kept in memory, because a node whose disk
 * hangs still tells them.
 */
import { decodeEpochStart } from '@replog/contracts/payloads.js';
import type { EpochStart } from '@replog/contracts/payloads.js';
import { RecordKind, decodeRecord } from '@replog/contracts/record.js';
import type { LogRecord } from '@replog/contracts/record.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';

const REMEMBERED = 10;

export interface Election extends EpochStart {
  readonly epoch: number;
  /** Index of the first record of the epoch. */
  readonly index: number;
  readonly timestampMs: number;
}

export function electionOf({ epoch, index, timestampMs, payload }: LogRecord): Election {
  return { ...decodeEpochStart(payload), epoch, index, timestampMs };
}

type Log = Pick<LogStore, 'firstIndex' | 'last' | 'positionAt' | 'read'>;

export class Elections {
  private newestFirst: readonly Election[] = [];

  constructor(private readonly log: Log) {}

  get list(): readonly Election[] {
    return this.newestFirst;
  }

  /** The first record of an epoch was written. What was known from there on was cut before. */
  began(election: Election): void {
    const before = this.newestFirst.filter(({ index }) => index < election.index);
    this.newestFirst = [election, ...before].slice(0, REMEMBERED);
  }

  /** Reads the list from the log: at the start and after a cut. It ends before a damaged record. */
  async load(): Promise<void> {
    const found: Election[] = [];
    let end = this.log.last.index;
    while (found.length < REMEMBERED && end >= this.log.firstIndex) {
      const election = await this.find(end).catch(nullIfDamaged);
      if (election === null) break;
      found.push(election);
      end = election.index - 1;
    }
    this.newestFirst = found;
  }

  /** Epochs only grow along the log: a binary search for the first record of the epoch of the record at `end`. */
  private async find(end: number): Promise<Election | null> {
    const epoch = await this.epochAt(end);
    let [low, high] = [this.log.firstIndex, end];
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      if ((await this.epochAt(middle)) < epoch) low = middle + 1;
      else high = middle;
    }
    const block = await this.log.read(low, { maxBytes: 1, upTo: low });
    if (block.length === 0) return null;
    const record = decodeRecord(block, 0);
    return record.kind === RecordKind.EpochStart ? electionOf(record) : null;
  }

  private async epochAt(index: number): Promise<number> {
    return (await this.log.positionAt(index))?.epoch ?? 0;
  }
}

function nullIfDamaged(error: unknown): null {
  if (error instanceof CorruptRecordError) return null;
  throw error;
}
