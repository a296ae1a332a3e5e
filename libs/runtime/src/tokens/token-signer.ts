/**
 * Signs and checks the tokens of a cluster: short-lived JWTs under the key that all of its nodes have. Each kind of token has
 * an audience of its own, so none opens what another one opens.
 *
 * A token holds a time of day, and two clocks of a node tell it: the wall clock, which may step, and the steady one, which
 * counts on from the start of the process and stands still while the machine sleeps. A step or a sleep makes one of them
 * wrong and leaves the other right. So a token is valid by either clock, and a peer that refuses one gets the next by the
 * other clock.
 */
import type { Clock } from '@replog/contracts/ports.js';
import { SERVICE_TOKEN_LEEWAY_S } from '@replog/contracts/limits.js';
import { jwtVerify, SignJWT } from 'jose';

import type { NodeConfig } from '../config/node-config.js';

const ALGORITHM = 'HS256';

export interface TokenKind {
  readonly audience: string;
  readonly ttlS: number;
}

export type ClockName = 'wall' | 'steady';

export type Times = Readonly<Record<ClockName, number>>;

export class TokenSigner {
  private readonly nodeId: string;
  private readonly key: Uint8Array;
  /** What the steady clock adds to the time since the start. */
  private readonly steadyFromMs: number;
  /** The clock that the next token is made by. */
  private by: ClockName = 'wall';

  constructor(
    config: Pick<NodeConfig, 'nodeId' | 'clusterKey'>,
    private readonly clock: Clock,
  ) {
    this.nodeId = config.nodeId;
    this.key = config.clusterKey;
    this.steadyFromMs = clock.wallMs() - clock.nowMs();
  }

  now(): Times {
    return { wall: this.clock.wallMs(), steady: this.steadyFromMs + this.clock.nowMs() };
  }

  /** A peer has refused what was made by the present clock. */
  changeClock(): void {
    this.by = this.by === 'wall' ? 'steady' : 'wall';
  }

  /** A token made at `times`, and when it expires. */
  async sign({ audience, ttlS }: TokenKind, times = this.now()): Promise<{ text: string; expiresMs: number }> {
    const issuedAtS = Math.floor(times[this.by] / 1000);
    const text = await new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuer(this.nodeId)
      .setAudience(audience)
      .setIssuedAt(issuedAtS)
      .setExpirationTime(issuedAtS + ttlS)
      .sign(this.key);
    return { text, expiresMs: (issuedAtS + ttlS) * 1000 };
  }

  /** Returns the id of the node that made the token. Rejects if it is forged, foreign, of another kind or expired. */
  async verify(token: string, kind: TokenKind): Promise<string> {
    const { wall, steady } = this.now();
    return this.verifyAt(token, kind, wall).catch(() => this.verifyAt(token, kind, steady));
  }

  private async verifyAt(token: string, { audience, ttlS }: TokenKind, nowMs: number): Promise<string> {
    const { payload } = await jwtVerify(token, this.key, {
      algorithms: [ALGORITHM],
      audience,
      requiredClaims: ['iss', 'iat', 'exp'],
      clockTolerance: SERVICE_TOKEN_LEEWAY_S,
      maxTokenAge: ttlS,
      currentDate: new Date(nowMs),
    });
    return String(payload.iss);
  }
}
