import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AckView, Receipt } from '@replog/contracts/views.js';
import { ReceiptText } from './receipt-text.js';

const acks: fc.Arbitrary<AckView[]> = fc.array(
  fc.record({
    node: fc.string(),
    role: fc.constantFrom('master', 'secondary'),
    ms: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
  }),
  { maxLength: 3 },
);

const receipts: fc.Arbitrary<Receipt> = fc.record({
  seq: fc.maxSafeNat(),
  index: fc.maxSafeNat(),
  epoch: fc.nat(),
  key: fc.option(fc.oneof(fc.string(), fc.string({ unit: 'binary' }))),
  timestamp: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  outcome: fc.constantFrom('satisfied', 'pending'),
  duplicate: fc.boolean(),
  writeConcern: fc.record({
    requested: fc.oneof(fc.nat().map(String), fc.constantFrom('majority', 'all')),
    secondaries: fc.nat(),
    copies: fc.nat(),
  }),
  acks,
});

describe('the text of a receipt', () => {
  it('equals the output of JSON.stringify, whatever receipt came before', () => {
    fc.assert(
      fc.property(fc.array(receipts, { minLength: 1, maxLength: 5 }), acks, (list, shared) => {
        const text = new ReceiptText();
        for (const receipt of [...list, ...list.map((one) => ({ ...one, acks: shared }))]) {
          expect(text.of(receipt)).toBe(JSON.stringify(receipt));
        }
      }),
    );
  });
});
