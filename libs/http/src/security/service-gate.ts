/**
 * Admits nodes to the traffic between nodes, over HTTP and over the WebSocket of the link: with a token of this
 * cluster's secret, as a member of this cluster or of none yet. No API key of a client or an admin opens it.
 */
import type { IncomingHttpHeaders } from 'node:http';

import { Inject, Injectable } from '@nestjs/common';
import { ReplogError } from '@replog/contracts/errors.js';
import { requireKnownProtocol } from '@replog/contracts/protocol.js';
import { HEADERS } from '@replog/contracts/http.js';

import { NODE_VIEW } from '@replog/runtime/tokens/injection-tokens.js';
import { refuseForeign } from '@replog/core/membership/refuse-foreign.js';
import { ApiKeys } from './api-keys.js';
import { readCredential } from './credentials.js';
import { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';
import type { ServiceNode } from '@replog/runtime/tokens/service-tokens.js';

@Injectable()
export class ServiceGate {
  constructor(
    private readonly keys: ApiKeys,
    @Inject(NODE_VIEW) private readonly view: { readonly nodeId: string; readonly clusterId: string | null },
    private readonly tokens: ServiceTokens,
  ) {}

  /** Returns the maker of the token. Rejects with UNAUTHENTICATED, or FORBIDDEN for a key. */
  async authenticate(headers: IncomingHttpHeaders): Promise<ServiceNode> {
    const credential = readCredential(headers);
    if (credential === null) {
      throw new ReplogError('UNAUTHENTICATED', 'A service token is needed: Authorization: Bearer; none was sent.');
    }
    if (this.keys.holderOf(credential) !== null) {
      throw new ReplogError('FORBIDDEN', 'This route is between nodes; no API key opens it.');
    }
    return this.tokens.verify(credential);
  }

  /** Throws PROTOCOL_UNKNOWN, or FOREIGN_CLUSTER if the caller names another cluster. */
  requireOwnKind(headers: IncomingHttpHeaders, caller: string): void {
    requireKnownProtocol(headers[HEADERS.protocol], caller);
    const named = headers[HEADERS.cluster];
    refuseForeign(this.view, typeof named === 'string' ? named : null, caller);
  }
}
