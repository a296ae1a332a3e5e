/**
 * The listening socket of a node, open as long as the node lives. It passes requests to the fast path and to the
 * application. During a shutdown it refuses new requests and sends the outstanding answers.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as SocketServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { ReplogError } from '@replog/contracts/errors.js';
import type { Clock, Random } from '@replog/contracts/ports.js';
import type { FastPath, PreparedRequest, RequestHead } from '@replog/http/fast-path/fast-path.js';
import { takeRequest } from '@replog/http/fast-path/take-request.js';
import { PlainConnections } from '@replog/http/plain/plain-connections.js';
import { acceptBursts } from '@replog/http/server/accept-bursts.js';
import { ConnectionLimit } from '@replog/http/server/connection-limit.js';
import type { ConnectionLimitContext } from '@replog/http/server/connection-limit.js';
import { createNodeServer } from '@replog/http/server/node-server.js';
import { continueWhenRead } from '@replog/http/server/expect-continue.js';
import type { Observers } from '@replog/http/server/observe-requests.js';
import type { RequestHandler } from '@replog/http/server/fastify-adapter.js';
import { OneAtATime } from '@replog/http/server/one-at-a-time.js';
import { refusalOfHead, unknownExpectation, unknownMethod } from '@replog/http/server/bad-requests.js';
import { Refusals } from '@replog/http/server/refusals.js';
import { RequestsInFlight } from '@replog/http/server/requests-in-flight.js';
import { UnreadableBytes, afterAnswers } from '@replog/http/server/unreadable-bytes.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { Logger } from 'pino';
import type { NodeApp } from './node-app.js';

/** Clients have gone when nothing has come for so many turns of so long: in one turn a busy process may have read nothing. */
const QUIET = { turns: 10, turnMs: 20 };

export interface DoorContext extends ConnectionLimitContext, Observers {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly config: NodeConfig;
}

export type ServedApp = Pick<NodeApp, 'handle' | 'fastPath' | 'upgrades'>;

export class Door implements Pick<FastPath, 'prepare'> {
  private readonly server: Server;
  private readonly plain: PlainConnections;
  private readonly refusals: Refusals;
  private readonly inFlight = new RequestsInFlight();
  private readonly limit: ConnectionLimit;
  private readonly bursts: ReturnType<typeof acceptBursts>;
  private readonly requests = new OneAtATime();
  private app: ServedApp | null = null;
  /** Requests that `node:http` has read. */
  private taken = 0;
  private isClosing = false;

  constructor(private readonly context: DoorContext) {
    const { clock, config } = context;
    this.refusals = new Refusals(context);
    this.server = createNodeServer(config);
    this.limit = new ConnectionLimit(context);
    this.plain = new PlainConnections(this.server, clock, this, this.inFlight, this.refusals, this.limit);
    this.bursts = acceptBursts(this.server, clock);
    // Before the bursts: a connection has its descriptor from now on.
    this.server.prependListener('connection', (socket) => this.limit.take(socket));
    const unreadable = new UnreadableBytes(this.inFlight, this.refusals);
    this.server.on('request', (request, response) => this.take(request, response, this.handle));
    this.server.on('checkContinue', (request, response) => {
      continueWhenRead(request, response);
      this.take(request, response, this.handle);
    });
    this.server.on('checkExpectation', (request, response) => this.take(request, response, this.refuseExpectation));
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head, null));
    this.server.on('connect', (request, socket, head) => this.upgrade(request, socket, head, unknownMethod()));
    this.server.on('clientError', (error, socket) => unreadable.refuse(error, socket));
  }

  /** Used by the fast path on plain connections. */
  prepare(head: RequestHead): PreparedRequest | null {
    return this.isClosing ? null : (this.app?.fastPath.prepare(head) ?? null);
  }

  /** Resolves with the port. Rejects with the system's error if the port cannot be opened. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** From the next request on, `app` answers. */
  serve(app: ServedApp): void {
    this.app = app;
  }

  /**
   * Sends clients to other nodes without refusing a request: takes no new connection, and closes each one with its next
   * answer. Resolves when nothing comes for a moment, within SHUTDOWN_GRACE.
   */
  async letGo(): Promise<void> {
    this.plain.isLettingGo = true;
    this.inFlight.endConnections();
    // That of `node:http` also cuts connections that are idle, on which a request may be under way.
    SocketServer.prototype.close.call(this.server);
    const { clock, config } = this.context;
    const untilMs = clock.nowMs() + config.shutdownGraceMs;
    for (let quiet = 0; quiet < QUIET.turns && clock.nowMs() < untilMs;) {
      const before = this.taken;
      await clock.sleep(QUIET.turnMs);
      quiet = this.taken === before ? quiet + 1 : 0;
    }
  }

  /** Refuses new requests, which would be cut off without an answer. Health probes are still answered. */
  refuseNew(): void {
    this.isClosing = true;
  }

  /** Resolves when the outstanding answers are sent, or cut after a time limit. */
  drain(): Promise<void> {
    return this.inFlight.drain(this.context.clock, this.context.config.shutdownGraceMs);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
      this.bursts.end();
      this.plain.close();
    });
  }

  private take(request: IncomingMessage, response: ServerResponse, handle: RequestHandler): void {
    this.taken += 1;
    this.inFlight.add(response);
    this.requests.take(request, response, handle);
  }

  private readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (this.plain.isLettingGo) response.shouldKeepAlive = false;
    if (!this.limit.isSurplus(request.socket)) return this.answer(request, response, this.refusalOf(request));
    if (isHealthcheck(request)) {
      response.shouldKeepAlive = false;
      return this.answer(request, response, this.refusalOf(request));
    }
    void this.limit.refusalOf(request, request.socket).then((refusal) => {
      this.answer(request, response, refusal ?? this.refusalOf(request));
    });
  };

  private answer(request: IncomingMessage, response: ServerResponse, refusal: ReplogError | null): void {
    const { app } = this;
    if (app === null || refusal !== null) this.refusals.refuse(request, response, refusal ?? starting());
    else if (!takeRequest(app.fastPath, request, response)) app.handle(request, response);
  }

  private readonly refuseExpectation = (request: IncomingMessage, response: ServerResponse): void =>
    this.refusals.refuse(request, response, unknownExpectation(request));

  /** `refusal`: instead of the upgrade. */
  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, refusal: ReplogError | null): void {
    // `node:http` has let go of the socket, and a client that disconnects is not a fault of this node.
    socket.on('error', () => undefined);
    const refuse = (error: ReplogError): void => this.refusals.refuseOnSocket(socket, error, request);
    const decide = (surplus: ReplogError | null): void => {
      const error = refusal ?? surplus ?? this.refusalOf(request);
      if (this.app === null || error !== null) refuse(error ?? starting());
      else void this.app.upgrades.upgrade(request, socket, head, refuse);
    };
    afterAnswers(this.inFlight.on(socket), () => {
      if (this.limit.isSurplus(socket)) void this.limit.refusalOf(request, socket).then(decide);
      else decide(null);
    });
  }

  private refusalOf(request: IncomingMessage): ReplogError | null {
    if (this.app === null) return starting();
    return this.isClosing && !isHealthcheck(request) ? shuttingDown() : refusalOfHead(request);
  }
}

function isHealthcheck({ url }: IncomingMessage): boolean {
  return url?.startsWith('/healthcheck') === true;
}

function starting(): ReplogError {
  return new ReplogError('NOT_READY', 'This node is starting. Repeat the request shortly.', { retryAfterS: 1 });
}

function shuttingDown(): ReplogError {
  return new ReplogError('SHUTTING_DOWN', 'The node is shutting down. Ask another node, or this one later.', {
    retryAfterS: 1,
  });
}
