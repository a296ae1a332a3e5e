/**
 * The token that opens a live tail, and nothing else, for the `EventSource` of a browser, which sends no key: it stands in
 * the URL, where others may see it. Any node of the cluster takes it.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import { TAIL_TOKEN_TTL_S } from '@replog/contracts/limits.js';

import type { ServiceTokens } from './service-tokens.js';

const KIND = { audience: 'replog:tail', ttlS: TAIL_TOKEN_TTL_S };

export class TailTokens {
  constructor(private readonly tokens: Pick<ServiceTokens, 'signer'>) {}

  async issue(): Promise<{ readonly token: string; readonly expiresMs: number }> {
    const { text: token, expiresMs } = await this.tokens.signer.sign(KIND);
    return { token, expiresMs };
  }

  /** Rejects with ReplogError UNAUTHENTICATED if it is forged, foreign, of another kind or expired. */
  async verify(token: unknown): Promise<void> {
    try {
      await this.tokens.signer.verify(String(token), KIND);
    } catch (cause) {
      throw new ReplogError(
        'UNAUTHENTICATED',
        'The tail token has expired or is invalid: ask for a new one with POST /tail-tokens, and open the tail again with it, ' +
          'after the last event you have (after=).',
        { cause },
      );
    }
  }
}
