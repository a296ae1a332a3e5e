/**
 * An NDJSON batch: one `{"message": …, "key"?: "…"}` a line. Every line is validated before the first is handed on,
 * so that a batch is appended whole or not at all. What is held meanwhile is bounded by `maxBatchBytes`, twice: the
 * bytes of the body, and the bytes its messages take in the log (a tiny message is mostly record header). It is parsed
 * as it comes: of a chunk whose lines are known nothing is kept but the drafts of their messages.
 */
import { isUtf8 } from 'node:buffer';
import { ReplogError } from '@replog/contracts/errors.js';
import { bodyLimitBytes } from '@replog/http/requests/body-refusals.js';
import { messagesOf } from '../../replication/drafts.js';
import type { Drafts } from '../../replication/drafts.js';
import { BatchBlock } from './batch-block.js';
import type { Batch, BatchLine } from './batch.js';
import { skipSpace } from './find-members.js';
import { LineSplitter } from './line-splitter.js';
import { parseAppendBody } from './parse-append-body.js';
import type { ParsedMessage } from './parse-append-body.js';
import { PlainLine } from './plain-line.js';
import { sameMessage } from './same-message.js';

export interface BatchLimits {
  readonly maxMessageBytes: number;
  readonly maxBatchBytes: number;
}

const LINE_FEED = 0x0a;

/** The most that is taken at once: it must not exceed what may wait for the disk, nor what a segment holds. */
export function maxBatchBytesOf(config: { readonly maxInflightBytes: number; readonly segmentBytes: number }): number {
  return Math.min(config.maxInflightBytes, config.segmentBytes);
}

/**
 * Refuses a batch by its announced length, before a byte of it is read: the kinder way, as the connection stays good.
 * Takes the header `Content-Length`; a batch sent in chunks has none. Throws ReplogError BATCH_TOO_LARGE.
 */
export function checkBatchLength(contentLength: string | undefined, maxBatchBytes: number): void {
  if (Number(contentLength ?? 0) > maxBatchBytes) throw tooLarge(maxBatchBytes);
}

/**
 * After a bad line the rest is taken and dropped, within the limit, so that the client can be answered on a connection that
 * stays in step. After BATCH_TOO_LARGE it is not: close the connection with the answer.
 */
export class BatchParser {
  private readonly splitter = new LineSplitter();
  private readonly blocks: Buffer[] = [];
  /** By key, the first line that has it. */
  private readonly byKey = new Map<string, BatchLine>();
  private readonly numbers = new LineNumbers();
  private refusal: ReplogError | null = null;
  private bodyBytes = 0;
  /** What the messages so far will take in the log. */
  private logBytes = 0;

  constructor(private readonly limits: BatchLimits) {}

  /** The next bytes of the body. Throws ReplogError BATCH_TOO_LARGE; what else is wrong, `end` tells. */
  push(chunk: Buffer): void {
    const { maxBatchBytes } = this.limits;
    this.bodyBytes += chunk.length;
    if (this.bodyBytes > maxBatchBytes) throw tooLarge(maxBatchBytes);
    if (this.refusal !== null) return;
    this.takeAll(this.splitter.push(chunk));
    // A line is measured before it is parsed, and not gathered beyond what any message may have.
    if (this.refusal === null && this.splitter.openBytes > this.maxLineBytes) {
      this.splitter.end();
      this.refusal = this.tooLong();
    }
  }

  /** The body has ended. Throws ReplogError INVALID_LINE with `line` and the reason, or INVALID_BODY for an empty batch. */
  end(): Batch {
    if (this.refusal === null) this.takeAll(this.splitter.end());
    if (this.refusal !== null) throw this.refusal;
    const drafts: Drafts = { blocks: this.blocks, count: this.numbers.messages, bytes: this.logBytes };
    if (drafts.count === 0) {
      throw new ReplogError('INVALID_BODY', 'The batch is empty: send one {"message": …} a line.');
    }
    return { drafts, keyed: this.byKey.size === 0 ? null : this.numbers.numbered(drafts) };
  }

  private takeAll(texts: readonly Buffer[]): void {
    try {
      for (const text of texts) this.take(text);
    } catch (error) {
      if (!(error instanceof ReplogError)) throw error;
      this.refusal = error;
    }
  }

  /** Takes a text of whole lines. */
  private take(text: Buffer): void {
    const block = new BatchBlock(text);
    const plain = new PlainLine(text);
    const mayBePlain = isUtf8(text);
    for (let at = 0; at < text.length;) {
      if (mayBePlain && plain.find(at) && plain.end - plain.start <= this.limits.maxMessageBytes) {
        this.count(block.note(plain.start, plain.end));
        at = plain.next;
        continue;
      }
      const feed = text.indexOf(LINE_FEED, at);
      const end = feed === -1 ? text.length : feed;
      this.takeOther(text.subarray(at, end), block);
      at = end + 1;
    }
    if (block.count > 0) this.blocks.push(block.build());
  }

  private get maxLineBytes(): number {
    return bodyLimitBytes(this.limits);
  }

  private tooLong(): ReplogError {
    const sentence = `it has more than ${this.maxLineBytes} bytes, more than any message this node takes (MAX_MESSAGE_BYTES)`;
    return invalidLine(this.numbers.next, sentence);
  }

  private takeOther(bytes: Buffer, block: BatchBlock): void {
    if (bytes.length > this.maxLineBytes) throw this.tooLong();
    if (skipSpace(bytes, 0) === bytes.length) {
      this.numbers.hasBlank();
      return;
    }
    const line = { ...parseLine(this.numbers.next, bytes, this.limits.maxMessageBytes), line: this.numbers.next };
    if (line.key !== null) this.remember(line.key, line);
    this.count(block.noteOther(line));
  }

  private count(logBytes: number): void {
    this.numbers.hasMessage();
    this.logBytes += logBytes;
    if (this.logBytes > this.limits.maxBatchBytes) throw tooLarge(this.limits.maxBatchBytes);
  }

  /** The same key with the same message is a duplicate, which a batch may hold; with another it is a fault. */
  private remember(key: string, line: BatchLine): void {
    const earlier = this.byKey.get(key);
    if (earlier === undefined) this.byKey.set(key, line);
    else if (!sameMessage(earlier.payload, line.payload)) {
      throw invalidLine(line.line, `its key was used with another message in line ${earlier.line}`);
    }
  }
}

/** Which line a message stands in. Kept as the few places where blank lines were passed over. */
class LineNumbers {
  messages = 0;
  private blanks = 0;
  /** Blank lines before the message of this place and those after it, up to the next entry. In order. */
  private readonly gaps: { readonly place: number; readonly blanks: number }[] = [];

  /** Number of the line that comes now. */
  get next(): number {
    return this.messages + this.blanks + 1;
  }

  hasBlank(): void {
    this.blanks += 1;
  }

  hasMessage(): void {
    if (this.blanks > (this.gaps.at(-1)?.blanks ?? 0)) this.gaps.push({ place: this.messages, blanks: this.blanks });
    this.messages += 1;
  }

  numbered(drafts: Drafts): BatchLine[] {
    const lines: BatchLine[] = [];
    let gap = 0;
    let blanks = 0;
    for (const { key, payload } of messagesOf(drafts)) {
      const next = this.gaps[gap];
      if (next?.place === lines.length) {
        ({ blanks } = next);
        gap += 1;
      }
      lines.push({ line: lines.length + 1 + blanks, key, payload });
    }
    return lines;
  }
}

function parseLine(line: number, bytes: Buffer, maxMessageBytes: number): ParsedMessage {
  try {
    return parseAppendBody(bytes, maxMessageBytes);
  } catch (error) {
    throw error instanceof ReplogError ? invalidLine(line, error.message, fieldOf(error)) : error;
  }
}

/** The unknown member, if that is what is wrong with a line. */
function fieldOf({ code, details }: ReplogError): { readonly field?: unknown } {
  const field = code === 'INVALID_BODY' ? details.extra?.['field'] : undefined;
  return field === undefined ? {} : { field };
}

function invalidLine(line: number, reason: string, extra: { readonly field?: unknown } = {}): ReplogError {
  const sentence = /[.?]$/.test(reason) ? reason : `${reason}.`;
  return new ReplogError('INVALID_LINE', `Line ${line}: ${sentence} Nothing was appended.`, {
    extra: { ...extra, line },
  });
}

function tooLarge(maxBytes: number): ReplogError {
  const sentence = `The batch takes more than ${maxBytes} bytes, the most that is taken at once: send it in parts.`;
  return new ReplogError('BATCH_TOO_LARGE', sentence, { extra: { maxBytes } });
}
