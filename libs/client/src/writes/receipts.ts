/** Receipts that are asked for later, and waits for a write concern. */
import { CONCERN_TIMEOUT_MS, WAIT_SLICE_MS } from '../limits.js';
import type { ReceiptOptions } from '../options.js';
import type { Place } from '../place.js';
import { JSON_TYPE, withQuery } from '../requests/question.js';
import type { Requests } from '../requests/requests.js';
import type { ReceiptView } from '../views.js';

export class Receipts {
  constructor(
    private readonly requests: Requests,
    private readonly patienceMs: number,
  ) {}

  /** Of the message at a place, or under an idempotency key. Throws HistoryChanged, NotFound. */
  async of(
    what: Place | string,
    { concern, timeout, signal }: ReceiptOptions,
    patienceMs = this.patienceMs,
  ): Promise<ReceiptView> {
    const { requests } = this;
    const nowMs = (): number => requests.surroundings.nowMs();
    const path = typeof what === 'string' ? `/receipts/${encodeURIComponent(what)}` : `/messages/${what.seq}/receipt`;
    const epoch = typeof what === 'string' ? undefined : what.epoch;
    const timeoutMs = concern === undefined ? 0 : (timeout ?? CONCERN_TIMEOUT_MS);
    const endMs = nowMs() + timeoutMs;
    for (;;) {
      const leftMs = Math.max(0, Math.ceil(endMs - nowMs()));
      const waitMs = Math.min(leftMs, WAIT_SLICE_MS);
      const receipt = await requests.json<ReceiptView>(
        {
          method: 'GET',
          path: withQuery(path, { wc: concern, epoch, timeout: waitMs }),
          accept: JSON_TYPE,
          aim: 'master',
          waitMs,
        },
        { signal, patienceMs },
      );
      if (concern === undefined || receipt.outcome === 'satisfied' || waitMs === leftMs) return receipt;
    }
  }
}
