/**
 * An NDJSON batch: one `{"message": …, "key"?: "…"}` a line. Every line is validated before the first is handed on,
 * so that a batch is appended whole or not at all. What is held meanwhile is bounded by `maxBatchBytes`, twice: the
 * bytes of the body, and the bytes its messages take in the log (a tiny message is mostly record header).
 */
import { encodedLength, ReplogError } from '@replog/contracts';
import { LineSplitter } from './line-splitter.js';
import type { Line } from './line-splitter.js';
import { parseAppendBody } from './parse-append-body.js';
import type { ParsedMessage } from './parse-append-body.js';
import { sameMessage } from './same-message.js';

export interface BatchLine extends ParsedMessage {
  /** Number of the line in the body, from 1, blank lines counted. */
  readonly line: number;
}

export interface BatchLimits {
  readonly maxMessageBytes: number;
  readonly maxBatchBytes: number;
}

/**
 * Throws ReplogError INVALID_LINE with `line` and the reason, BATCH_TOO_LARGE, or INVALID_BODY for an empty batch.
 * After a bad line the rest is read and dropped, within the limit, so that the client can be answered on a connection
 * that stays in step. After BATCH_TOO_LARGE it is not: close the connection with the answer.
 */
export async function parseBatch(stream: AsyncIterable<Buffer>, limits: BatchLimits): Promise<BatchLine[]> {
  const batch = new BatchCollector(limits);
  const splitter = new LineSplitter();
  let refusal: ReplogError | null = null;
  let bytes = 0;
  for await (const chunk of withoutReturn(stream)) {
    bytes += chunk.length;
    if (bytes > limits.maxBatchBytes) throw tooLarge(limits.maxBatchBytes);
    refusal ??= firstRefusal(batch, splitter.push(chunk));
  }
  refusal ??= firstRefusal(batch, splitter.end());
  if (refusal !== null) throw refusal;
  if (batch.lines.length === 0) {
    throw new ReplogError('INVALID_BODY', 'The batch is empty: send one {"message": …} a line.');
  }
  return batch.lines;
}

/**
 * Refuses a batch by its announced length, before a byte of it is read: the kinder way, as the connection stays good.
 * Takes the header `Content-Length`; a batch sent in chunks has none. Throws ReplogError BATCH_TOO_LARGE.
 */
export function checkBatchLength(contentLength: string | undefined, maxBatchBytes: number): void {
  if (Number(contentLength ?? 0) > maxBatchBytes) throw tooLarge(maxBatchBytes);
}

/** Collects the messages of a batch and holds them to each other. */
class BatchCollector {
  readonly lines: BatchLine[] = [];
  private readonly byKey = new Map<string, BatchLine>();
  /** What `lines` will take in the log. */
  private logBytes = 0;

  constructor(private readonly limits: BatchLimits) {}

  add({ number, bytes }: Line): void {
    const line = { ...parseLine(number, bytes, this.limits.maxMessageBytes), line: number };
    this.logBytes += encodedLength(line.key?.length ?? 0, line.payload.length);
    if (this.logBytes > this.limits.maxBatchBytes) throw tooLarge(this.limits.maxBatchBytes);
    if (line.key !== null) this.remember(line.key, line);
    this.lines.push(line);
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

function firstRefusal(batch: BatchCollector, lines: Iterable<Line>): ReplogError | null {
  try {
    for (const line of lines) batch.add(line);
    return null;
  } catch (error) {
    if (error instanceof ReplogError) return error;
    throw error;
  }
}

function parseLine(line: number, bytes: Buffer, maxMessageBytes: number): ParsedMessage {
  try {
    return parseAppendBody(bytes, maxMessageBytes);
  } catch (error) {
    throw error instanceof ReplogError ? invalidLine(line, error.message) : error;
  }
}

/**
 * The same chunks, but an early end leaves the stream open: ending a request's own iterator destroys its socket, and
 * the client would never hear why it was refused.
 */
function withoutReturn(stream: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const iterator = stream[Symbol.asyncIterator]();
  return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
}

function invalidLine(line: number, reason: string): ReplogError {
  return new ReplogError('INVALID_LINE', `Line ${line}: ${reason.replace(/\.$/, '')}. Nothing was appended.`, {
    extra: { line },
  });
}

function tooLarge(maxBytes: number): ReplogError {
  const sentence = `The batch takes more than ${maxBytes} bytes, the most that is taken at once: send it in parts.`;
  return new ReplogError('BATCH_TOO_LARGE', sentence, { extra: { maxBytes } });
}
