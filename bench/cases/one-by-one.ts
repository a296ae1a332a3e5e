/** Every client sends one message, waits for its receipt, and sends the next. */
import type { ComparedCase } from './case.js';
import { comparedCase } from './compared.js';

const CLIENTS = [1, 16, 64, 256];
const CONCERNS = [0, 1, 2] as const;

export const ONE_BY_ONE: readonly ComparedCase[] = CONCERNS.flatMap((concern) =>
  CLIENTS.map((clients) =>
    comparedCase(
      `one-by-one/wc${concern}/${clients}`,
      `one by one, ${clients} client${clients === 1 ? '' : 's'}, write concern ${concern}`,
      { clients: [clients], batch: 1, concern },
    ),
  ),
);
