/** The token a node sends to other nodes: a short-lived JWT, signed with the key of the cluster, that names its maker. */
import type { Clock } from '@replog/contracts/ports.js';
import { ReplogError } from '@replog/contracts/errors.js';
import { SERVICE_TOKEN_TTL_S } from '@replog/contracts/limits.js';

import type { NodeConfig } from '../config/node-config.js';
import { TokenSigner } from './token-signer.js';
import type { Times } from './token-signer.js';

const KIND = { audience: 'replog:service', ttlS: SERVICE_TOKEN_TTL_S };

export interface ServiceNode {
  readonly nodeId: string;
}

interface CurrentToken {
  readonly text: Promise<string>;
  readonly issued: Times;
}

export class ServiceTokens {
  /** Also of the other tokens of this node: what peers refuse of one kind, they refuse of all. */
  readonly signer: TokenSigner;
  private current: CurrentToken | null = null;
  /** The text of the current token, once it is made. */
  private currentText: string | null = null;

  constructor(config: Pick<NodeConfig, 'nodeId' | 'clusterKey'>, clock: Clock) {
    this.signer = new TokenSigner(config, clock);
  }

  /** The current token. It is renewed after half of its lifetime, by either clock, so that none expires on its way. */
  issue(): Promise<string> {
    const now = this.signer.now();
    if (this.current === null || !isFresh(this.current.issued, now)) {
      this.currentText = null;
      this.current = { text: this.sign(now), issued: now };
    }
    return this.current.text;
  }

  /** Returns a new token for a peer that has answered 401 to `refused`: made now, by the other clock. */
  replace(refused: string): Promise<string> {
    // Another call may have replaced it already.
    if (refused === this.currentText) {
      this.signer.changeClock();
      this.current = null;
    }
    return this.issue();
  }

  /**
   * Returns the node that made the token. Rejects with ReplogError UNAUTHENTICATED if it is forged, foreign or expired.
   */
  async verify(token: string): Promise<ServiceNode> {
    try {
      return { nodeId: await this.signer.verify(token, KIND) };
    } catch (cause) {
      throw new ReplogError(
        'UNAUTHENTICATED',
        'The service token is invalid: wrong signature, another cluster, or expired. ' +
          'Check that all nodes have the same CLUSTER_SECRET and that their clocks agree.',
        { cause },
      );
    }
  }

  private async sign(now: Times): Promise<string> {
    const { text } = await this.signer.sign(KIND, now);
    this.currentText = text;
    return text;
  }
}

function isFresh(issued: Times, now: Times): boolean {
  const ages = [now.wall - issued.wall, now.steady - issued.steady];
  return ages.every((ageMs) => ageMs >= 0 && ageMs < (SERVICE_TOKEN_TTL_S * 1000) / 2);
}
