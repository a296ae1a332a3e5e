/** Many messages a request, one receipt for all of them; as many clients as serve each contender best. */
import type { ComparedCase } from './case.js';
import { comparedCase } from './compared.js';

const SIZES = [100, 1_000];

export const BATCHES: readonly ComparedCase[] = SIZES.map((batch) =>
  comparedCase(`batches/${batch}`, `batches of ${batch.toLocaleString('en')}, write concern 1`, {
    clients: [1, 4, 16],
    batch,
    concern: 1,
  }),
);
