/** Bugs in the handling of repeated requests. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { ReceiptSubject } from '@replog/master/writes/receipt.service.js';
import type { Plant } from './plant.js';

/** A key is remembered before its message is stored, even if it never is. */
export const keyOfNothing: Plant = {
  name: 'key remembered for a message that was not stored',
  foundWithin: 10,
  master: ({ writes: { idempotency }, node }) => {
    const remembered = new Map<string, ReceiptSubject>();
    const find = idempotency.find.bind(idempotency);
    idempotency.find = async (key, payload) => {
      const known = remembered.get(key);
      if (known !== undefined) return known;
      const found = await find(key, payload);
      const { index, seq } = node.store.last;
      const { epoch } = node;
      remembered.set(key, found ?? { index: index + 1, seq: seq + 1, epoch, key, timestampMs: 0 });
      return found;
    };
  },
};

/** A repeated request is refused instead of being answered. */
export const errorOnDuplicate: Plant = {
  name: 'error on a duplicate',
  foundWithin: 10,
  master: ({ writes: { idempotency } }) => {
    const find = idempotency.find.bind(idempotency);
    idempotency.find = async (key, payload) => {
      const found = await find(key, payload);
      if (found === null) return null;
      throw new ReplogError('KEY_REUSED', 'This message is there already.');
    };
  },
};
