/**
 * Appends the messages of an orphan set again, at the master, in their order and under their keys. Doing it twice
 * changes nothing. An orphan may be in the log of the master after all: a candidate cut its log and then lost to
 * another with the same records. Such a record is not appended. A key that now holds another message is a conflict; it
 * is reported and left to the operator.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { LocalNode } from '../node/local-node.js';
import { notMaster } from '../node/not-master.js';
import type { KnownMaster } from '../node/node-view.js';
import { PeerError } from '../peers/transport.port.js';
import type { Transport } from '../peers/transport.port.js';
import type { MasterAppend, ReappendLine } from './master-append.port.js';
import { messagesOfOrphans, placeNamedBy, reappendKey } from './orphan-messages.js';
import type { RecordPlace } from './orphan-messages.js';

export interface Reappended {
  readonly id: string;
  readonly messages: number;
  /** Appended by this call. */
  readonly appended: number;
  /** In the log already: appended again before, repeated by its writer, or part of the history after all. */
  readonly duplicates: number;
  /** Not appended: the key holds another message in the current history. */
  readonly conflicts: readonly { readonly seq: number; readonly key: string }[];
}

/** One request to the master has at most this many messages and bytes; a larger message goes alone. */
const CHUNK_LINES = 500;
const CHUNK_BYTES = 1024 * 1024;
const CALL = { timeoutMs: 5_000 };

interface Total {
  messages: number;
  appended: number;
  duplicates: number;
  readonly conflicts: ReappendLine[];
}

export class ReappendService {
  constructor(
    private readonly store: LogStore,
    private readonly node: LocalNode,
    private readonly master: MasterAppend,
    private readonly transport: Pick<Transport, 'position'>,
  ) {}

  async reappend(id: string): Promise<Reappended> {
    const total: Total = { messages: 0, appended: 0, duplicates: 0, conflicts: [] };
    for await (const chunk of chunksOf(this.lines(id, total))) await this.append(chunk, total);
    return { id, ...total, conflicts: total.conflicts.map(({ seq, key }) => ({ seq, key })) };
  }

  /**
   * A conflict refuses its chunk as a whole; the rest is sent again without it. A chunk that is too much for the
   * master, by its settings or at this moment, is halved.
   */
  private async append(chunk: readonly ReappendLine[], total: Total): Promise<void> {
    let lines = chunk;
    while (lines.length > 0) {
      try {
        const { appended, duplicates } = await this.master.append(this.requireMaster().url, lines);
        total.appended += appended;
        total.duplicates += duplicates;
        return;
      } catch (error) {
        if (isTooMuch(error) && lines.length > 1) {
          const half = lines.length >> 1;
          await this.append(lines.slice(0, half), total);
          await this.append(lines.slice(half), total);
          return;
        }
        const conflict = conflictIn(lines, error);
        if (conflict === null) throw error;
        total.conflicts.push(conflict);
        lines = lines.filter((line) => line !== conflict);
      }
    }
  }

  /** Returns what is to be appended, and counts the rest. */
  private async *lines(id: string, total: Total): AsyncGenerator<ReappendLine, void, undefined> {
    // If the master's log lacks one record, it lacks every record after it: the chain proves that.
    let isShared = true;
    for await (const record of messagesOfOrphans(this.store, id)) {
      total.messages += 1;
      isShared = isShared && (await this.isAtMaster(record));
      const copied = isShared ? null : placeNamedBy(record.key);
      if (isShared || (copied !== null && (await this.isAtMaster(copied)))) total.duplicates += 1;
      else yield { seq: record.seq, key: reappendKey(record), payload: record.payload };
    }
  }

  private async isAtMaster({ index, epoch, chain }: RecordPlace): Promise<boolean> {
    const { nodeId, url } = this.requireMaster();
    try {
      const isHere = nodeId === this.node.nodeId;
      const found = await (isHere ? this.store.positionAt(index) : this.transport.position(url, index, CALL));
      return found !== null && found.epoch === epoch && found.chain === chain;
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      const sentence = `${error.message}. Repeat the request: it appends nothing twice.`;
      throw new ReplogError('NO_MASTER', sentence, { retryAfterS: 1, cause: error });
    }
  }

  private requireMaster(): KnownMaster {
    const { master } = this.node;
    if (master === null) throw notMaster(null);
    return master;
  }
}

function isTooMuch(error: unknown): boolean {
  return error instanceof ReplogError && (error.code === 'BATCH_TOO_LARGE' || error.code === 'OVERLOADED');
}

function conflictIn(lines: readonly ReappendLine[], error: unknown): ReappendLine | null {
  if (!(error instanceof ReplogError) || error.code !== 'KEY_REUSED') return null;
  const line = error.details.extra?.['line'];
  return typeof line === 'number' ? (lines[line - 1] ?? null) : null;
}

async function* chunksOf(lines: AsyncIterable<ReappendLine>): AsyncGenerator<ReappendLine[], void, undefined> {
  let chunk: ReappendLine[] = [];
  let bytes = 0;
  for await (const line of lines) {
    chunk.push(line);
    bytes += line.payload.length;
    if (chunk.length < CHUNK_LINES && bytes < CHUNK_BYTES) continue;
    yield chunk;
    chunk = [];
    bytes = 0;
  }
  if (chunk.length > 0) yield chunk;
}
