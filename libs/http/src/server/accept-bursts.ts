/**
 * Accepts all connections of a burst before it reads any of them.
 *
 * Each time Node.js polls for events, it accepts one connection (libuv since 1.45) and runs everything else that is
 * ready. If 256 clients connect at once, the requests of the first ones run between the accepts of the others, and the
 * last client is accepted 100 to 600 ms after it has connected. If nothing is read meanwhile, all are accepted after 20
 * ms.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import type { Clock } from '@replog/contracts/ports.js';

/** Up to this many connections in short sequence are read at once: they delay no other. */
const FEW = 8;
/** A burst is over when no connection has arrived for this time. */
const QUIET_MS = 20;
/** If connections keep arriving, those accepted so far are read after this time. */
const MAX_HELD_MS = 200;

type ConnectionListener = (this: Server, socket: Socket) => void;

/** Call it when the server has all its listeners and does not listen yet. */
export function acceptBursts(server: Server, clock: Clock): Pick<Bursts, 'end'> {
  const bursts = new Bursts(server, clock);
  // An option of net.Server that http.createServer does not pass on.
  Object.assign(server, { pauseOnConnect: true });
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => bursts.take(socket));
  return bursts;
}

class Bursts {
  private readonly listeners: readonly ConnectionListener[];
  private held: Socket[] = [];
  private lastArrivalMs = -Infinity;
  /** Connections that arrived without a quiet time in between. */
  private count = 0;
  private isOver = false;

  constructor(
    private readonly server: Server,
    private readonly clock: Clock,
  ) {
    this.listeners = server.listeners('connection') as ConnectionListener[];
  }

  take(socket: Socket): void {
    const nowMs = this.clock.nowMs();
    this.count = nowMs - this.lastArrivalMs < QUIET_MS ? this.count + 1 : 1;
    this.lastArrivalMs = nowMs;
    if (this.count <= FEW) this.pass(socket);
    else if (this.held.push(socket) === 1) void this.awaitEnd(nowMs);
  }

  /** Call it when the server closes its connections: it does not know those that are held. */
  end(): void {
    this.isOver = true;
  }

  private async awaitEnd(sinceMs: number): Promise<void> {
    let nowMs = sinceMs;
    while (nowMs - this.lastArrivalMs < QUIET_MS && nowMs - sinceMs < MAX_HELD_MS) {
      await this.clock.sleep(QUIET_MS);
      nowMs = this.clock.nowMs();
    }
    const sockets = this.held;
    this.held = [];
    for (const socket of sockets) this.pass(socket);
  }

  private pass(socket: Socket): void {
    if (socket.destroyed) return;
    if (this.isOver) return void socket.destroy();
    for (const listener of this.listeners) listener.call(this.server, socket);
    socket.resume();
  }
}
