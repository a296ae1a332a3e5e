/**
 * The token a node sends to other nodes: a short-lived JWT, signed with the key of the cluster, that names its maker.
 */
import type { Clock } from '@replog/contracts/ports.js';
import { ReplogError } from '@replog/contracts/errors.js';
import { SERVICE_TOKEN_LEEWAY_S, SERVICE_TOKEN_TTL_S } from '@replog/contracts/limits.js';
import { jwtVerify, SignJWT } from 'jose';

import type { NodeConfig } from '../config/node-config.js';

const ALGORITHM = 'HS256';
const AUDIENCE = 'replog:service';

export interface ServiceNode {
  readonly nodeId: string;
}

export class ServiceTokens {
  private readonly nodeId: string;
  private readonly key: Uint8Array;
  /** The current token. It is renewed after half of its lifetime, so that no token expires on its way. */
  private current: { readonly token: Promise<string>; readonly renewAtMs: number } | null = null;

  constructor(
    config: Pick<NodeConfig, 'nodeId' | 'clusterKey'>,
    private readonly clock: Clock,
  ) {
    this.nodeId = config.nodeId;
    this.key = config.clusterKey;
  }

  issue(): Promise<string> {
    const nowMs = this.clock.nowMs();
    if (this.current === null || nowMs >= this.current.renewAtMs) {
      this.current = { token: this.sign(), renewAtMs: nowMs + (SERVICE_TOKEN_TTL_S * 1000) / 2 };
    }
    return this.current.token;
  }

  /**
   * Returns the node that made the token. Rejects with ReplogError UNAUTHENTICATED if it is forged, foreign or expired.
   */
  async verify(token: string): Promise<ServiceNode> {
    try {
      const { payload } = await jwtVerify(token, this.key, {
        algorithms: [ALGORITHM],
        audience: AUDIENCE,
        requiredClaims: ['iss', 'iat', 'exp'],
        clockTolerance: SERVICE_TOKEN_LEEWAY_S,
        maxTokenAge: SERVICE_TOKEN_TTL_S,
        currentDate: new Date(this.clock.wallMs()),
      });
      return { nodeId: String(payload.iss) };
    } catch (cause) {
      throw new ReplogError(
        'UNAUTHENTICATED',
        'The service token is invalid: wrong signature, another cluster, or expired. ' +
          'Check that all nodes have the same CLUSTER_SECRET and that their clocks agree.',
        { cause },
      );
    }
  }

  private sign(): Promise<string> {
    const issuedAtS = Math.floor(this.clock.wallMs() / 1000);
    return new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuer(this.nodeId)
      .setAudience(AUDIENCE)
      .setIssuedAt(issuedAtS)
      .setExpirationTime(issuedAtS + SERVICE_TOKEN_TTL_S)
      .sign(this.key);
  }
}
