/**
 * The listening socket of a node, open as long as the node lives. It passes requests to the fast path and to the
 * application. During a shutdown it refuses new requests and sends the outstanding answers.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { ReplogError } from '@replog/contracts/errors.js';
import type { Clock } from '@replog/contracts/ports.js';
import type { FastPath, PreparedRequest, RequestHead } from '@replog/http/fast-path/fast-path.js';
import { takeRequest } from '@replog/http/fast-path/take-request.js';
import { PlainConnections } from '@replog/http/plain/plain-connections.js';
import { acceptBursts } from '@replog/http/server/accept-bursts.js';
import { answerProblem } from '@replog/http/problems/answer-problem.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { createNodeServer } from '@replog/http/server/node-server.js';
import { RequestsInFlight } from '@replog/http/server/requests-in-flight.js';
import { refuseUpgrade } from '@replog/http/server/upgrade-router.js';
import type { NodeApp } from './node-app.js';

export type ServedApp = Pick<NodeApp, 'handle' | 'fastPath' | 'upgrades'>;

export class Door implements Pick<FastPath, 'prepare'> {
  private readonly server: Server;
  private readonly plain: PlainConnections;
  private readonly inFlight = new RequestsInFlight();
  private app: ServedApp | null = null;
  private isClosing = false;

  constructor(
    private readonly clock: Clock,
    private readonly config: NodeConfig,
  ) {
    this.server = createNodeServer(config);
    this.plain = new PlainConnections(this.server, clock, this, this.inFlight);
    acceptBursts(this.server, clock);
    this.server.on('request', (request, response) => this.handle(request, response));
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
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

  /** Refuses new requests, which would be cut off without an answer. Health probes are still answered. */
  refuseNew(): void {
    this.isClosing = true;
  }

  /** Resolves when the outstanding answers are sent, or cut after a time limit. */
  drain(): Promise<void> {
    return this.inFlight.drain(this.clock, this.config.shutdownGraceMs);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
      this.plain.close();
    });
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const { app } = this;
    if (app === null) return refuse(response, starting());
    if (this.isClosing && !isHealthcheck(request)) return refuse(response, shuttingDown());
    this.inFlight.add(response);
    if (!takeRequest(app.fastPath, request, response)) app.handle(request, response);
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.app === null) refuseUpgrade(socket, starting());
    else if (this.isClosing) refuseUpgrade(socket, shuttingDown());
    else void this.app.upgrades.upgrade(request, socket, head);
  }
}

function isHealthcheck({ url }: IncomingMessage): boolean {
  return url?.startsWith('/healthcheck') === true;
}

function refuse(response: ServerResponse, error: ReplogError): void {
  const { status, headers, body } = answerProblem(error);
  const connection = error.code === 'SHUTTING_DOWN' ? { connection: 'close' } : {};
  response.writeHead(status, { ...headers, ...connection }).end(body);
}

function starting(): ReplogError {
  return new ReplogError('NOT_READY', 'This node is starting. Repeat the request shortly.', { retryAfterS: 1 });
}

function shuttingDown(): ReplogError {
  return new ReplogError('SHUTTING_DOWN', 'The node is shutting down. Ask another node, or this one later.', {
    retryAfterS: 1,
  });
}
