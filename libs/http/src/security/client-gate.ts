/** Who may call a route of clients: whoever shows a client's key or the admin's. */
import type { IncomingHttpHeaders } from 'node:http';

import { Injectable } from '@nestjs/common';
import { ReplogError } from '@replog/contracts/errors.js';
import { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';

import { ApiKeys } from './api-keys.js';
import { readCredential } from './credentials.js';

@Injectable()
export class ClientGate {
  constructor(
    private readonly keys: ApiKeys,
    private readonly tokens: ServiceTokens,
  ) {}

  /** Throws UNAUTHENTICATED where the headers show no key that is known. */
  require(headers: IncomingHttpHeaders): 'admin' | 'client' {
    const credential = readCredential(headers);
    if (credential === null) throw unauthenticated('none was sent');
    const holder = this.keys.holderOf(credential);
    if (holder === null) throw unauthenticated('the one sent is not known');
    return holder;
  }

  /** The same refusal in better words where the headers show the token of a node: that one is known here, and opens nothing. */
  async explain(refusal: ReplogError, headers: IncomingHttpHeaders): Promise<ReplogError> {
    const credential = refusal.code === 'UNAUTHENTICATED' ? readCredential(headers) : null;
    if (credential === null) return refusal;
    return this.tokens.verify(credential).then(
      () => new ReplogError('FORBIDDEN', 'A service token does not open this route; an API key does.'),
      () => refusal,
    );
  }
}

function unauthenticated(found: string): ReplogError {
  return new ReplogError('UNAUTHENTICATED', `An API key is needed in x-token or Authorization: Bearer; ${found}.`);
}
