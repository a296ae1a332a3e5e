/**
 * Appends a message or a batch. Everything that is sent has a key, so it is sent again, to any node, until an answer
 * settles it. A message that a change of master replaced before its concern was met is appended again as well.
 */
import { HistoryChanged } from '../errors/own-errors.js';
import { ReplogError } from '../errors/replog-error.js';
import { CONCERN_TIMEOUT_MS, MOST_TIMEOUT_MS, WAIT_SLICE_MS } from '../limits.js';
import type { WriteOptions } from '../options.js';
import { JSON_TYPE, withQuery } from '../requests/question.js';
import type { Requests } from '../requests/requests.js';
import type { BatchReceiptView, ReceiptView } from '../views.js';
import { concernOf, lastPlaceOf } from './receipt.js';
import type { Receipts } from './receipts.js';

type AnyReceipt = ReceiptView | BatchReceiptView;
type Body = { readonly type: string; readonly text: string };

export class Appends {
  constructor(
    private readonly requests: Requests,
    private readonly receipts: Receipts,
    private readonly patienceMs: number,
  ) {}

  async append<View extends AnyReceipt>(body: Body, options: WriteOptions): Promise<View> {
    const endMs = this.nowMs + checkedTimeout(options.timeout);
    let view = await this.post<View>(body, options, endMs);
    while (view.outcome === 'pending' && this.leftMs(endMs) > 0) {
      view = (await this.wait(view, options, endMs)) ?? (await this.post<View>(body, options, endMs));
    }
    return view;
  }

  private post<View>(body: Body, { concern, signal }: WriteOptions, endMs: number): Promise<View> {
    const waitMs = Math.min(this.leftMs(endMs), WAIT_SLICE_MS);
    const path = concern === undefined ? '/messages' : `/messages/${encodeURIComponent(concern)}`;
    const question = {
      method: 'POST',
      path: withQuery(path, { timeout: waitMs }),
      accept: JSON_TYPE,
      body,
      aim: 'master',
      isAppend: true,
      waitMs,
    } as const;
    return this.requests.json<View>(question, { signal, patienceMs: this.patienceMs });
  }

  /** `null`: the message is in the log no longer. */
  private async wait<View extends AnyReceipt>(
    view: View,
    { signal }: WriteOptions,
    endMs: number,
  ): Promise<View | null> {
    const concern = concernOf(view);
    const timeout = Math.min(this.leftMs(endMs), WAIT_SLICE_MS);
    try {
      const options = { concern, timeout, signal };
      const { outcome, writeConcern, acks } = await this.receipts.of(lastPlaceOf(view), options, this.leftMs(endMs));
      return { ...view, outcome, writeConcern, acks };
    } catch (error) {
      if (error instanceof HistoryChanged) return null;
      // It is stored, and nobody can say more of it now.
      if (error instanceof ReplogError && error.retriable) return view;
      throw error;
    }
  }

  private leftMs(endMs: number): number {
    return Math.max(0, Math.ceil(endMs - this.nowMs));
  }

  private get nowMs(): number {
    return this.requests.surroundings.nowMs();
  }
}

function checkedTimeout(timeout: number | undefined): number {
  const timeoutMs = timeout ?? CONCERN_TIMEOUT_MS;
  if (timeoutMs >= 0 && timeoutMs <= MOST_TIMEOUT_MS) return timeoutMs;
  throw new RangeError(`timeout is ${timeoutMs}: give milliseconds from 0 to ${MOST_TIMEOUT_MS}, which is one day.`);
}
