/**
 * A receipt as JSON, built from its known members in a quarter of the time of `JSON.stringify`. The receipts of one block
 * share their acknowledgements, so these are formatted once. The spec compares every receipt with `JSON.stringify`.
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
