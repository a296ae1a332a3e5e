/**
 * The token a node sends to other nodes: a short-lived JWT, signed with the key of the cluster, that names its maker.
 *
 * A token holds a time of day, and two clocks of a node tell it: the wall clock, which may step, and the steady one, which
 * counts on from the start of the process and stands still while the machine sleeps. A step or a sleep makes one of them
 * wrong and leaves the other right. So a token is valid by either clock, and a peer that refuses one gets the next by the
 * other clock.
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

type ClockName = 'wall' | 'steady';

interface CurrentToken {
  readonly text: Promise<string>;
  readonly issued: Readonly<Record<ClockName, number>>;
}

export class ServiceTokens {
  private readonly nodeId: string;
  private readonly key: Uint8Array;
  /** What the steady clock adds to the time since the start. */
  private readonly steadyFromMs: number;
  /** The clock that the next token is made by. */
  private by: ClockName = 'wall';
  private current: CurrentToken | null = null;
  /** The text of the current token, once it is made. */
  private currentText: string | null = null;

  constructor(
    config: Pick<NodeConfig, 'nodeId' | 'clusterKey'>,
    private readonly clock: Clock,
  ) {
    this.nodeId = config.nodeId;
    this.key = config.clusterKey;
    this.steadyFromMs = clock.wallMs() - clock.nowMs();
  }

  /** The current token. It is renewed after half of its lifetime, by either clock, so that none expires on its way. */
  issue(): Promise<string> {
    const now = this.now();
    if (this.current === null || !isFresh(this.current.issued, now)) {
      this.currentText = null;
      this.current = { text: this.sign(now[this.by]), issued: now };
    }
    return this.current.text;
  }

  /** Returns a new token for a peer that has answered 401 to `refused`: made now, by the other clock. */
  replace(refused: string): Promise<string> {
    // Another call may have replaced it already.
    if (refused === this.currentText) {
      this.by = this.by === 'wall' ? 'steady' : 'wall';
      this.current = null;
    }
    return this.issue();
  }

  /**
   * Returns the node that made the token. Rejects with ReplogError UNAUTHENTICATED if it is forged, foreign or expired.
   */
  async verify(token: string): Promise<ServiceNode> {
    const { wall, steady } = this.now();
    try {
      return await this.verifyAt(token, wall).catch(() => this.verifyAt(token, steady));
    } catch (cause) {
      throw new ReplogError(
        'UNAUTHENTICATED',
        'The service token is invalid: wrong signature, another cluster, or expired. ' +
          'Check that all nodes have the same CLUSTER_SECRET and that their clocks agree.',
        { cause },
      );
    }
  }

  private now(): CurrentToken['issued'] {
    return { wall: this.clock.wallMs(), steady: this.steadyFromMs + this.clock.nowMs() };
  }

  private async verifyAt(token: string, nowMs: number): Promise<ServiceNode> {
    const { payload } = await jwtVerify(token, this.key, {
      algorithms: [ALGORITHM],
      audience: AUDIENCE,
      requiredClaims: ['iss', 'iat', 'exp'],
      clockTolerance: SERVICE_TOKEN_LEEWAY_S,
      maxTokenAge: SERVICE_TOKEN_TTL_S,
      currentDate: new Date(nowMs),
    });
    return { nodeId: String(payload.iss) };
  }

  private async sign(nowMs: number): Promise<string> {
    const issuedAtS = Math.floor(nowMs / 1000);
    const text = await new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuer(this.nodeId)
      .setAudience(AUDIENCE)
      .setIssuedAt(issuedAtS)
      .setExpirationTime(issuedAtS + SERVICE_TOKEN_TTL_S)
      .sign(this.key);
    this.currentText = text;
    return text;
  }
}

function isFresh(issued: CurrentToken['issued'], now: CurrentToken['issued']): boolean {
  const ages = [now.wall - issued.wall, now.steady - issued.steady];
  return ages.every((ageMs) => ageMs >= 0 && ageMs < (SERVICE_TOKEN_TTL_S * 1000) / 2);
}
