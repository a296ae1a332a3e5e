/** One connection of a hostile client: bytes as they are, a line of requests, and the answers to them in that order. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { eventually } from '../support/eventually.js';
import { parseAnswers } from './answers.js';
import type { HostileAnswer } from './answers.js';

/** Far above the timeouts of the nodes under test: a connection that is neither answered nor closed by then is forgotten. */
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 5;

export class HostileConnection {
  /** What each request would store, in the order they were sent. */
  readonly requests: (readonly unknown[])[] = [];
  /** Whether it waited for answers: then none may be missing but for a connection that was closed. */
  fault: string | null = null;
  private heard: Buffer[] = [];
  private isOver = false;
  private readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    this.socket.on('data', (chunk) => this.heard.push(chunk));
    this.socket.on('error', () => undefined);
    for (const end of ['end', 'close']) this.socket.on(end, () => (this.isOver = true));
  }

  /** A request that is a message to the node as it stands, and what it would store. */
  ask(request: string | Buffer, ...messages: readonly unknown[]): this {
    this.requests.push(messages);
    return this.send(request);
  }

  /** Bytes: a part of the last request, or of nothing. Text is Latin-1, so that each character is one byte. */
  send(bytes: string | Buffer): this {
    if (this.socket.writable) this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return this;
  }

  /** What was sent so far has left this process; `false` where the node does not take it, or has closed. */
  async flushed(): Promise<void> {
    await this.until('the bytes are taken', () => this.socket.writableLength === 0 || this.isOver);
  }

  /** Sends no more; answers still come. */
  halfClose(): this {
    this.socket.end();
    return this;
  }

  /** Reads nothing from now on. */
  stopReading(): this {
    this.socket.pause();
    return this;
  }

  /** Goes away: with a reset, or in order as far as a socket goes away without reading. */
  leave(withReset: boolean): void {
    if (withReset && !this.socket.connecting) this.socket.resetAndDestroy();
    else this.socket.destroy();
    this.isOver = true;
  }

  /** Waits for that many whole answers, or for the end of the connection. */
  async answered(count: number): Promise<this> {
    await this.until(`${count} answers, or the end of the connection`, () => {
      return this.isOver || this.answers.length >= count || this.fault !== null;
    });
    return this;
  }

  async closed(): Promise<this> {
    await this.until('the end of the connection', () => this.isOver);
    return this;
  }

  get answers(): readonly HostileAnswer[] {
    const bytes = Buffer.concat(this.heard);
    this.heard = [bytes];
    const { answers, fault } = parseAnswers(bytes, this.isOver);
    this.fault ??= fault;
    return answers;
  }

  private async until(what: string, isSo: () => boolean): Promise<void> {
    await eventually(what, isSo, { withinMs: PATIENCE_MS, everyMs: LOOK_EVERY_MS }).catch(() => {
      const said = Buffer.concat(this.heard).subarray(0, 100).toString('latin1');
      this.fault ??= `the node neither answered nor closed the connection (it said ${JSON.stringify(said)})`;
    });
  }
}
