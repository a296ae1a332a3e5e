/** Appends many messages in their order, in batches: one is on its way while the next one is gathered. */
import { newKey } from '../idempotency-key.js';
import { BATCH_BYTES, BATCH_WAIT_MS } from '../limits.js';
import type { AppendManyOptions } from '../options.js';
import { NDJSON_TYPE } from '../requests/question.js';
import type { Surroundings } from '../surroundings.js';
import type { BatchReceiptView } from '../views.js';
import type { Appends } from './appends.js';
import { Gatherer } from './gatherer.js';
import { lineOf } from './line.js';
import type { BatchReceipt } from './receipt.js';

/** What came of `appendMany`. */
export interface AppendedMany {
  /** Messages in the log: all that the source gave. */
  readonly count: number;
  readonly batches: number;
  /** The receipt of the last batch; `null` if the source gave nothing. What it waits for, all batches before have as well. */
  readonly last: BatchReceipt | null;
}

interface Tools {
  readonly appends: Appends;
  readonly surroundings: Surroundings;
  readonly withWait: (view: BatchReceiptView) => BatchReceipt;
}

export async function appendMany<Body>(
  messages: Iterable<Body> | AsyncIterable<Body>,
  options: AppendManyOptions<Body, BatchReceipt>,
  { appends, surroundings, withWait }: Tools,
): Promise<AppendedMany> {
  const { maxBytes = BATCH_BYTES, maxWait: maxWaitMs = BATCH_WAIT_MS, onReceipt, signal } = options;
  const gatherer = new Gatherer(linesOf(messages, options), { maxBytes, maxWaitMs }, surroundings);
  let done: AppendedMany = { count: 0, batches: 0, last: null };
  const send = async (lines: readonly string[]): Promise<void> => {
    const body = { type: NDJSON_TYPE, text: lines.join('\n') };
    const last = withWait(await appends.append<BatchReceiptView>(body, options));
    done = { count: done.count + lines.length, batches: done.batches + 1, last };
    await onReceipt?.(last);
  };
  try {
    let sending: Promise<void> = Promise.resolve();
    for (;;) {
      const gathered = gatherer.next(sending.catch(() => undefined));
      // What fails first ends all: the source, the batch on its way, or the signal.
      const [lines] = await unlessAborted(Promise.all([gathered, sending]), signal);
      if (lines === null) return done;
      sending = send(lines);
      sending.catch(() => undefined);
    }
  } finally {
    await gatherer.end();
  }
}

async function* linesOf<Body>(
  messages: Iterable<Body> | AsyncIterable<Body>,
  { key }: Pick<AppendManyOptions<Body, never>, 'key'>,
): AsyncGenerator<string, void, undefined> {
  let number = 0;
  for await (const message of messages) yield lineOf(message, key?.(message, number++) ?? newKey());
}

/** A source may be silent for ever: the signal ends the wait for it. */
async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return work;
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
