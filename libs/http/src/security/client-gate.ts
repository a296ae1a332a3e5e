/** Admits a caller with a client key or an admin key to the client routes. */
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

  /** Throws UNAUTHENTICATED if the headers have no known key. */
  require(headers: IncomingHttpHeaders): 'admin' | 'client' {
    const credential = readCredential(headers);
    if (credential === null) throw unauthenticated('none was sent');
    const holder = this.keys.holderOf(credential);
    if (holder === null) throw unauthenticated('the one sent is not known');
    return holder;
  }

  /**
   * The same refusal with a better sentence if the headers have the token of a node: it is known here and opens no
   * client route.
   */
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
