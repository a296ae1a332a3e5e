/** A receipt of which the wait can be resumed. */
import type { WaitOptions } from '../options.js';
import type { Place } from '../place.js';
import type { BatchReceiptView, Outcome, ReceiptView, WriteConcern } from '../views.js';

interface Waiting<Self> {
  /**
   * Waits for this concern, or for the one of the receipt. The new receipt is `pending` if it is not met in time. Throws
   * HistoryChanged if a change of master replaced the message: append it again, under the same key.
   */
  wait(concern?: WriteConcern, options?: WaitOptions): Promise<Self>;
}

/** What the writer of a message gets. */
export interface Receipt extends ReceiptView, Waiting<Receipt> {}

/** The same for a batch, of which all is appended or nothing. */
export interface BatchReceipt extends BatchReceiptView, Waiting<BatchReceipt> {}

/** What the wait for a concern changes in a receipt. */
export type Standing = Pick<ReceiptView, 'outcome' | 'writeConcern' | 'acks'> & { readonly outcome: Outcome };

export type WaitForPlace = (place: Place, concern: WriteConcern, options: WaitOptions) => Promise<Standing>;

/** The place whose concern covers all that the receipt is about: concerns are met in the order of the log. */
export function lastPlaceOf(view: ReceiptView | BatchReceiptView): Place {
  return { seq: 'lastSeq' in view ? view.lastSeq : view.seq, epoch: view.epoch };
}

export function concernOf({ writeConcern: { requested } }: Standing): WriteConcern {
  return requested === 'majority' || requested === 'all' ? requested : Number(requested);
}

/** `wait` is not enumerable: a receipt can be printed, compared, cloned and sent as the plain data it is. */
export function withWait<View extends ReceiptView | BatchReceiptView, Waitable extends View>(
  view: View,
  waitForPlace: WaitForPlace,
): Waitable {
  const wait = async (concern: WriteConcern = concernOf(view), options: WaitOptions = {}): Promise<Waitable> => {
    const { outcome, writeConcern, acks } = await waitForPlace(lastPlaceOf(view), concern, options);
    return withWait({ ...view, outcome, writeConcern, acks }, waitForPlace);
  };
  return Object.defineProperty({ ...view }, 'wait', { value: wait }) as unknown as Waitable;
}
