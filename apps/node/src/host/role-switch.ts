/**
 * The door that stays open: the one listening socket, and the role that answers behind it. Requests go to the role in
 * force; while none is, they are told to come back. Writes that arrive while the master changes are held here, unread,
 * until it is known who takes them.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { ReplogError } from '@replog/contracts/errors.js';
import { DirectConnections } from '@replog/http/plain/direct-connections.js';
import { answerProblem } from '@replog/http/problems/answer-problem.js';
import { acceptBursts } from '@replog/http/server/accept-bursts.js';
import { createNodeServer } from '@replog/http/server/node-server.js';
import { refuseUpgrade } from '@replog/http/server/upgrade-router.js';
import type { RoleApp } from './role-app.js';
import type { MasterChange } from '@replog/cluster/node/master-change.js';
import type { DirectRequest, DirectRole } from '@replog/http/plain/direct-connection.js';
import type { RequestHead } from '@replog/http/server/early-requests.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { Clock } from '@replog/contracts/ports.js';

/** Writes held at one time, each with as much of its body as its connection buffers. Further ones are answered at once. */
const MAX_HELD_WRITES = 4_096;

export class RoleSwitch implements DirectRole {
  private readonly server: Server;
  private current: RoleApp | null = null;
  private heldWrites = 0;
  private readonly direct: DirectConnections;

  constructor(
    private readonly change: Pick<MasterChange, 'over'>,
    clock: Clock,
    config: NodeConfig,
  ) {
    this.server = createNodeServer(config);
    this.direct = new DirectConnections(this.server, clock, this);
    acceptBursts(this.server, clock);
    this.server.on('request', (request, response) => this.take(request, response));
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  /** While the master changes, writes are held. */
  get isOpen(): boolean {
    return this.change.over === null;
  }

  recognize(head: RequestHead): DirectRequest | null {
    return this.current?.recognize(head) ?? null;
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

  /** From the next request on `role` answers; what is under way stays where it is. */
  turnTo(role: RoleApp | null): void {
    this.current = role;
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
    if (this.current !== null) return this.current.handle(request, response);
    const { status, headers, body } = answerProblem(noRole());
    response.writeHead(status, headers).end(body);
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.current === null) refuseUpgrade(socket, noRole());
    else this.current.upgrade(request, socket, head);
  }
}

function isWrite({ method, url = '' }: IncomingMessage): boolean {
  return method === 'POST' && /^\/messages(?:[/?]|$)/.test(url);
}

function noRole(): ReplogError {
  return new ReplogError('NOT_READY', 'This node is starting. Repeat the request shortly.', { retryAfterS: 1 });
}
