/** A receipt as an HTTP answer: 201, 200 for a duplicate, 202 with the address where the wait can be resumed. */
import { MEDIA } from '@replog/contracts/http.js';
import type { BatchReceipt, Receipt, WriteConcern } from '@replog/contracts/views.js';
import type { Answer } from '@replog/http/fast-path/answer.js';
import type { LiveEvent } from './live-receipt.js';

const JSON_ANSWER = ['content-type', `${MEDIA.json}; charset=utf-8`] as const;
const EVENTS = [
  ...['content-type', `${MEDIA.eventStream}; charset=utf-8`],
  ...['cache-control', 'no-store', 'x-accel-buffering', 'no'],
] as const;

interface ReceiptParts {
  readonly receipt: Receipt | BatchReceipt;
  readonly concern: WriteConcern;
  /** The receipt as JSON. */
  readonly text: string;
  /** The status of a satisfied receipt that is not a duplicate. */
  readonly status: 200 | 201;
}

export function receiptAnswer({ receipt, concern, text, status }: ReceiptParts): Answer {
  if (receipt.outcome === 'pending') {
    // The epoch of a batch's receipt is that of its last message.
    const seq = 'lastSeq' in receipt ? receipt.lastSeq : receipt.seq;
    const headers = ['location', `/messages/${seq}/receipt?wc=${concern}&epoch=${receipt.epoch}`, ...JSON_ANSWER];
    return { status: 202, headers, body: text, mustClose: false };
  }
  const isDuplicate = 'appended' in receipt ? receipt.appended === 0 : receipt.duplicate;
  return { status: isDuplicate ? 200 : status, headers: JSON_ANSWER, body: text, mustClose: false };
}

/** A receipt as an event stream. It begins before the outcome is known, so the status is never 201. */
export function liveAnswer(events: AsyncIterable<LiveEvent>): Answer {
  return { status: 200, headers: EVENTS, body: formatted(events), mustClose: false };
}

async function* formatted(events: AsyncIterable<LiveEvent>): AsyncGenerator<string, void, undefined> {
  for await (const { event, data } of events) yield `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
