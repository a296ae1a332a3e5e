import { Inject, Injectable } from '@nestjs/common';

import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';
import { SecretKey } from './credentials.js';

/** The keys of people and programs, as opposed to nodes. */
@Injectable()
export class ApiKeys {
  private readonly clientKey: SecretKey;
  private readonly adminKey: SecretKey;

  constructor(@Inject(NODE_CONFIG) config: Pick<NodeConfig, 'apiKey' | 'adminApiKey'>) {
    this.clientKey = new SecretKey(config.apiKey);
    this.adminKey = new SecretKey(config.adminApiKey);
  }

  /** Whose key it is; `null` if it is unknown. An admin may do everything a client may. */
  holderOf(credential: string): 'admin' | 'client' | null {
    const isAdmin = this.adminKey.matches(credential);
    const isClient = this.clientKey.matches(credential);
    if (isAdmin) return 'admin';
    return isClient ? 'client' : null;
  }
}
