/**
 * Appends the messages of an orphan set again, at the master, in their order and under their keys, so that doing it
 * twice changes nothing. A key that holds another message by now is a conflict: told, and left to the operator.
 */
import { Inject, Injectable } from '@nestjs/common';
import { ReplogError } from '@replog/contracts';
import type { LogStore } from '@replog/log-store';
import { LocalNode } from '../node/local-node.js';
import { LOG_STORE } from '../node/node-ports.js';
import { notMaster } from '../node/not-master.js';
import { MASTER_APPEND } from './master-append.port.js';
import type { MasterAppend, ReappendLine } from './master-append.port.js';
import { messagesOfOrphans, reappendKey } from './orphan-messages.js';

export interface Reappended {
  readonly id: string;
  readonly messages: number;
  /** Stored now. */
  readonly appended: number;
  /** There already: appended again before, or sent again by their writer. */
  readonly duplicates: number;
  /** Not appended: their key holds another message in the history that won. */
  readonly conflicts: readonly { readonly seq: number; readonly key: string }[];
}

/** One request to the master carries at most this many messages and, but for a single larger one, bytes. */
const CHUNK_LINES = 500;
const CHUNK_BYTES = 1024 * 1024;

@Injectable()
export class ReappendService {
  constructor(
    @Inject(LOG_STORE) private readonly store: LogStore,
    @Inject(LocalNode) private readonly node: LocalNode,
    @Inject(MASTER_APPEND) private readonly master: MasterAppend,
  ) {}

  async reappend(id: string): Promise<Reappended> {
    const total = { messages: 0, appended: 0, duplicates: 0, conflicts: [] as ReappendLine[] };
    for await (const chunk of chunksOf(this.lines(id))) {
      total.messages += chunk.length;
      await this.append(chunk, total);
    }
    return { id, ...total, conflicts: total.conflicts.map(({ seq, key }) => ({ seq, key })) };
  }

  /** A conflict refuses its chunk as a whole: the rest goes again without it. */
  private async append(
    chunk: readonly ReappendLine[],
    total: { appended: number; duplicates: number; conflicts: ReappendLine[] },
  ): Promise<void> {
    let lines = chunk;
    while (lines.length > 0) {
      try {
        const { appended, duplicates } = await this.master.append(this.masterUrl(), lines);
        total.appended += appended;
        total.duplicates += duplicates;
        return;
      } catch (error) {
        const conflict = conflictIn(lines, error);
        if (conflict === null) throw error;
        total.conflicts.push(conflict);
        lines = lines.filter((line) => line !== conflict);
      }
    }
  }

  private async *lines(id: string): AsyncGenerator<ReappendLine, void, undefined> {
    for await (const record of messagesOfOrphans(this.store, id)) {
      yield { seq: record.seq, key: reappendKey(record), payload: record.payload };
    }
  }

  private masterUrl(): string {
    const { master } = this.node;
    if (master === null) throw notMaster(null);
    return master.url;
  }
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
