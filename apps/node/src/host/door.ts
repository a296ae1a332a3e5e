/**
 * The door of a node, open for as long as it lives: the one listening socket. It hands requests to the application, holds
 * writes, unread, while the master changes, and once the node shuts down refuses what is new and lets out what is owed.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { ReplogError } from '@replog/contracts/errors.js';
import type { Clock } from '@replog/contracts/ports.js';
import type { MasterChange } from '@replog/cluster/node/master-change.js';
import type { DirectRequest, DirectRole } from '@replog/http/plain/direct-connection.js';
import { DirectConnections } from '@replog/http/plain/direct-connections.js';
import { directRequest } from '@replog/http/plain/direct-request.js';
import { acceptBursts } from '@replog/http/server/accept-bursts.js';
import { answerProblem } from '@replog/http/problems/answer-problem.js';
import type { RequestHead } from '@replog/http/server/early-requests.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { createNodeServer } from '@replog/http/server/node-server.js';
import { RequestsInFlight } from '@replog/http/server/requests-in-flight.js';
import { refuseUpgrade } from '@replog/http/server/upgrade-router.js';
import type { NodeApp } from './node-app.js';

/** Writes held at one time, each with as much of its body as its connection buffers. Further ones are answered at once. */
const MAX_HELD_WRITES = 4_096;

export type ServedApp = Pick<NodeApp, 'handle' | 'early' | 'upgrades'>;

export class Door implements DirectRole {
  private readonly server: Server;
  private readonly direct: DirectConnections;
  private readonly inFlight = new RequestsInFlight();
  private app: ServedApp | null = null;
  private isClosing = false;
  private heldWrites = 0;

  constructor(
    private readonly change: Pick<MasterChange, 'over'>,
    private readonly clock: Clock,
    private readonly config: NodeConfig,
  ) {
    this.server = createNodeServer(config);
    this.direct = new DirectConnections(this.server, clock, this);
    acceptBursts(this.server, clock);
    this.server.on('request', (request, response) => this.take(request, response));
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  /** While the master changes, writes are held. */
  get isOpen(): boolean {
    return this.change.over === null && !this.isClosing;
  }

  recognize(head: RequestHead): DirectRequest | null {
    const early = this.app?.early;
    const known = early?.recognize(head) ?? null;
    if (early === undefined || known === null) return null;
    return directRequest(known, () => !this.isClosing && early.isOpen, this.inFlight);
  }

  /** Answers the port. Rejects with the system's error where it cannot be had. */
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

  /** From the next request on `app` answers. */
  serve(app: ServedApp): void {
    this.app = app;
  }

  /** Nothing new is taken from here on: it would be cut off without an answer. Probes are still told how the node stands. */
  refuseNew(): void {
    this.isClosing = true;
  }

  /** Resolves when the answers that are owed are out, or cut because they took too long. */
  drain(): Promise<void> {
    return this.inFlight.drain(this.clock, this.config.shutdownGraceMs);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
      this.direct.close();
    });
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const { over } = this.change;
    if (over === null || !isWrite(request) || this.heldWrites >= MAX_HELD_WRITES) this.handle(request, response);
    else void this.hold(over, request, response);
  }

  private async hold(over: Promise<void>, request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.heldWrites += 1;
    await over;
    this.heldWrites -= 1;
    // Its client may have given up meanwhile.
    if (!response.destroyed) this.handle(request, response);
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const { app } = this;
    if (app === null) return refuse(response, starting());
    if (this.isClosing && !isHealthcheck(request)) return refuse(response, shuttingDown());
    this.inFlight.add(response);
    if (!app.early.take(request, response)) app.handle(request, response);
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.app === null) refuseUpgrade(socket, starting());
    else if (this.isClosing) refuseUpgrade(socket, shuttingDown());
    else void this.app.upgrades.upgrade(request, socket, head);
  }
}

function isWrite({ method, url = '' }: IncomingMessage): boolean {
  return method === 'POST' && /^\/messages(?:[/?]|$)/.test(url);
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
  return new ReplogError('SHUTTING_DOWN', 'The node is shutting down; ask another one, or this one later.', {
    retryAfterS: 1,
  });
}
