/**
 * The connections that a node accepts. Each costs a descriptor, and the node needs some for its log and for the other
 * nodes, so clients have a limit. What comes above it is accepted all the same, as surplus, because only its first
 * request tells whether it comes from another node. A client gets an answer that way, too, and not just a closed connection.
 *
 * What another node passes on comes from its clients, of whom there may be many: it has a limit too, above that of clients, so
 * that nobody who asks another node is turned away for those who ask this one, and descriptors are left.
 *
 * Silent surplus connections cannot shut another node out: the oldest one is closed for a new one.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ReplogError } from '@replog/contracts/errors.js';
import { HEADERS } from '@replog/contracts/http.js';
import type { Clock } from '@replog/contracts/ports.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';
import type { Logger } from 'pino';
import { readCredential } from '../security/credentials.js';

/** Surplus connections at one time: a part of the limit, and not many. */
const SURPLUS_SHARE = 1 / 4;
const MOST_SURPLUS = 64;
/** Connections on which other nodes pass requests on are taken up to so many times the limit. */
const WITH_PASSED_ON = 1.5;
/** The log says this seldom that the limit is reached. */
const SAID_AGAIN_MS = 60_000;

export interface ConnectionLimitContext {
  readonly config: Pick<NodeConfig, 'maxConnections'>;
  readonly tokens: Pick<ServiceTokens, 'verify'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Pick<Logger, 'warn'>;
}

export class ConnectionLimit {
  private readonly max: number;
  private readonly maxPassedOn: number;
  private readonly maxSurplus: number;
  /** All connections, those of other nodes included. */
  private open = 0;
  /** Those without an admitted request, the oldest first. */
  private readonly surplus = new Set<Duplex>();
  private saidAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly context: ConnectionLimitContext) {
    this.max = context.config.maxConnections;
    this.maxPassedOn = Math.ceil(this.max * WITH_PASSED_ON);
    this.maxSurplus = Math.min(MOST_SURPLUS, Math.ceil(this.max * SURPLUS_SHARE));
  }

  /** Counts a connection, until it is closed. */
  take(socket: Duplex): void {
    this.open += 1;
    socket.once('close', () => {
      this.open -= 1;
      this.surplus.delete(socket);
    });
    if (this.open <= this.max) return;
    this.say();
    this.surplus.add(socket);
    const [oldest] = this.surplus;
    if (this.surplus.size > this.maxSurplus) oldest?.destroy();
  }

  /** Its requests need `refusalOf` first. */
  isSurplus(socket: Duplex): boolean {
    return this.surplus.has(socket);
  }

  /** Admits the connection of another node, or any if there is room by now: `null`. Never rejects. */
  async refusalOf({ headers }: Pick<IncomingMessage, 'headers'>, socket: Duplex): Promise<ReplogError | null> {
    const isAdmitted = this.open <= this.max || (await this.isOfNode(headers));
    if (!isAdmitted) return this.tooMany();
    this.surplus.delete(socket);
    return null;
  }

  private isOfNode(headers: IncomingMessage['headers']): Promise<boolean> {
    const passedOn = headers[HEADERS.forwardToken];
    if (passedOn !== undefined && this.open > this.maxPassedOn) return Promise.resolve(false);
    const token = passedOn === undefined ? readCredential(headers) : String(passedOn);
    return token === null ? Promise.resolve(false) : this.context.tokens.verify(token).then(isTrue, isFalse);
  }

  private tooMany(): ReplogError {
    return new ReplogError(
      'TOO_MANY_CONNECTIONS',
      `All ${this.max} connections of this node are in use (MAX_CONNECTIONS). Nothing was stored; repeat the request shortly, ` +
        'or ask another node.',
      { retryAfterS: 1 },
    );
  }

  private say(): void {
    const nowMs = this.context.clock.nowMs();
    if (nowMs - this.saidAtMs < SAID_AGAIN_MS) return;
    this.saidAtMs = nowMs;
    const { max } = this;
    this.context.logger.warn(
      { max },
      `all ${max} connections are in use (MAX_CONNECTIONS): further clients are refused`,
    );
  }
}

const isTrue = (): boolean => true;
const isFalse = (): boolean => false;
