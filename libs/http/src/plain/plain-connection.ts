/**
 * A connection as long as it carries plain requests for the fast path. They are read and answered on the socket itself,
 * for a third of the cost of `node:http`. At the first bytes that are anything else, `node:http` gets the connection
 * for good, with everything that was read and not answered.
 *
 * One request at a time: later bytes are not looked at until the answer is sent.
 */
import type { Socket } from 'node:net';

import type { ReplogError } from '@replog/contracts/errors.js';
import { HEADERS } from '@replog/contracts/http.js';
import type { Clock } from '@replog/contracts/ports.js';

import type { Answer } from '../fast-path/answer.js';
import type { FastPath, PreparedRequest, RequestValues } from '../fast-path/fast-path.js';
import { malformed } from '../server/bad-requests.js';
import type { Caller } from '../server/caller.js';
import type { Refusals } from '../server/refusals.js';
import type { RequestsInFlight } from '../server/requests-in-flight.js';
import type { AnswerText } from './answer-text.js';
import { HeadTemplate } from './head-template.js';
import type { HeadValues } from './head-template.js';
import { readPlainHead } from './plain-head.js';
import type { PlainHead } from './plain-head.js';

/** What a connection needs from its owner. */
export interface PlainHost {
  readonly clock: Clock;
  readonly text: AnswerText;
  readonly fastPath: Pick<FastPath, 'prepare'>;
  readonly inFlight: Pick<RequestsInFlight, 'enter' | 'leave'>;
  readonly refusals: Pick<Refusals, 'refuseOnSocket'>;
  /** The timeouts of the server. */
  readonly keepAliveTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Each answer is the last one on its connection. */
  readonly isLettingGo: boolean;
  /** `connection` is over: closed, or for `node:http`, which has to read `unread` first. */
  over(connection: PlainConnection, unread: Buffer | null): void;
}

/** The result of parsing a head. */
interface Known {
  readonly head: PlainHead;
  readonly template: HeadTemplate;
  readonly request: PreparedRequest;
  readonly isLast: boolean;
}

export class PlainConnection {
  /** Of the last head: most clients send the same one every time. */
  private known: Known | null = null;
  /** Bytes that are read and not used yet: an incomplete request, or bytes that arrived before an answer. */
  private readonly held: Buffer[] = [];
  private heldBytes = 0;
  /** Of these, what counts among the bodies that are being read. */
  private countedBytes = 0;
  /** Length of the incomplete request, once complete. */
  private neededBytes = 0;
  private startedMs = 0;
  /** A request waits for its answer. */
  private isBusy = false;
  /** The answer that ends the connection is sent. */
  private isRefused = false;

  constructor(
    readonly socket: Socket,
    private readonly caller: Caller,
    private readonly host: PlainHost,
  ) {
    socket.setTimeout(host.keepAliveTimeoutMs);
    socket.on('data', this.onData);
    socket.on('end', this.onEnd);
    socket.on('timeout', this.onTimeout);
    socket.on('error', this.onError);
    socket.on('close', this.onClose);
  }

  destroy(): void {
    this.socket.destroy();
  }

  private readonly onData = (chunk: Buffer): void => {
    if (this.isRefused) return;
    if (this.isBusy) {
      this.hold(chunk);
      // Even the end of the connection is not reported before these bytes are read.
      this.caller.stopReading(this.host.requestTimeoutMs);
    } else if (this.heldBytes === 0) this.begin(chunk);
    else if (this.heldBytes + chunk.length < this.neededBytes && this.isInTime()) this.holdPart(chunk);
    else {
      this.hold(chunk);
      this.advance(this.takeHeld());
    }
  };

  private begin(bytes: Buffer): void {
    this.startedMs = this.host.clock.nowMs();
    this.advance(bytes);
  }

  /** Nothing is held, and `bytes` are all bytes since the last answer. */
  private advance(bytes: Buffer): void {
    const values = this.known?.template.match(bytes) ?? this.learn(bytes)?.template.match(bytes) ?? null;
    const request = this.known?.request;
    if (values === null || request === undefined || !this.mayTake(request, values)) return this.giveUp(bytes);
    const { headBytes, bodyBytes, idempotencyKey, requestId } = values;
    this.neededBytes = headBytes + bodyBytes;
    // A request sent before an answer is pipelined; `node:http` keeps the order of those.
    if (bytes.length > this.neededBytes) return this.giveUp(bytes);
    if (bytes.length < this.neededBytes) return request.isRefused ? this.giveUp(bytes) : this.holdPart(bytes);
    return this.take(request, bytes.subarray(headBytes), {
      startedMs: this.startedMs,
      idempotencyKey,
      requestId,
      caller: this.caller,
    });
  }

  private take(request: PreparedRequest, body: Buffer, values: RequestValues): void {
    this.isBusy = true;
    this.host.inFlight.enter(this);
    void request.answer(body, values).then((answer) => {
      this.send(answer);
      this.host.inFlight.leave(this);
    });
  }

  private send(answer: Answer | null): void {
    const { socket, host } = this;
    if (socket.destroyed) return;
    // A head that does not take its body as a buffer was not taken, so there is an answer, and it is a text.
    if (answer === null || typeof answer.body !== 'string') return this.destroy();
    const { status, headers, body } = answer;
    const isLast = answer.mustClose || host.isLettingGo || this.caller.hasEnded || this.known?.isLast === true;
    const text = host.text.of({ status, headers, body, isLast }, host.clock.wallMs());
    const isFlushed = socket.write(text, isAscii(body) ? 'latin1' : 'utf8');
    if (isLast) return socket.destroySoon();
    this.isBusy = false;
    if (this.heldBytes > 0) this.giveUp(this.takeHeld());
    else if (!isFlushed) this.awaitDrain();
  }

  private mayTake(request: PreparedRequest, { bodyBytes }: HeadValues): boolean {
    return bodyBytes <= request.maxBodyBytes && request.isOpen && this.isInTime();
  }

  private learn(bytes: Buffer): Known | null {
    const head = readPlainHead(bytes);
    const request = head === null ? null : this.host.fastPath.prepare(head);
    this.known =
      head === null || request === null
        ? null
        : { head, template: new HeadTemplate(head), request, isLast: head.isLast };
    return this.known;
  }

  private isInTime(): boolean {
    return this.host.clock.nowMs() - this.startedMs <= this.host.requestTimeoutMs;
  }

  private hold(bytes: Buffer): void {
    this.held.push(bytes);
    this.heldBytes += bytes.length;
  }

  /** Holds a part of a request, which counts until the request is complete. */
  private holdPart(bytes: Buffer): void {
    try {
      this.known?.request.bodies.hold(bytes.length, this.countedBytes);
      this.countedBytes += bytes.length;
      this.hold(bytes);
    } catch (error) {
      this.hold(bytes);
      this.refuse(error as ReplogError, this.known?.request.route);
    }
  }

  /** Refuses the incomplete request that is held. `route`: where its route would refuse it; bytes that are no request have none. */
  private refuse(error: ReplogError, route = 'none'): void {
    this.isRefused = true;
    const { refusals } = this.host;
    const bytes = this.takeHeld();
    if (this.known === null) return refusals.refuseOnSocket(this.socket, error);
    const { head, template } = this.known;
    // Of an earlier head that differs in its values: the id is that of this one.
    const requestId = template.match(bytes)?.requestId;
    const headers = typeof requestId === 'string' ? { [HEADERS.requestId]: requestId } : {};
    const { method, url } = head;
    const ms = this.host.clock.nowMs() - this.startedMs;
    refusals.refuseOnSocket(this.socket, error, { headers, method, url, route, ms });
  }

  private uncount(): void {
    if (this.countedBytes > 0) this.known?.request.bodies.release(this.countedBytes);
    this.countedBytes = 0;
  }

  private takeHeld(): Buffer {
    return Buffer.concat(this.dropHeld());
  }

  private dropHeld(): Buffer[] {
    this.uncount();
    this.heldBytes = 0;
    return this.held.splice(0);
  }

  private awaitDrain(): void {
    this.socket.pause();
    this.socket.once('drain', () => this.socket.resume());
  }

  private giveUp(unread: Buffer): void {
    const { socket } = this;
    socket.setTimeout(0);
    socket.off('data', this.onData);
    socket.off('end', this.onEnd);
    socket.off('timeout', this.onTimeout);
    socket.off('error', this.onError);
    socket.off('close', this.onClose);
    this.caller.readOn();
    this.host.over(this, unread);
  }

  private readonly onEnd = (): void => {
    if (this.isBusy) return;
    if (this.heldBytes > 0) this.refuse(malformed('it ends before its body does'));
    else this.socket.destroySoon();
  };

  /**
   * A client that waits for its write concern is silent for that time. One that is silent amid its request is left to
   * `node:http`, which limits the time of a request.
   */
  private readonly onTimeout = (): void => {
    if (this.isBusy) return;
    if (this.heldBytes > 0) this.giveUp(this.takeHeld());
    else this.socket.destroy();
  };

  private readonly onError = (): void => undefined;

  private readonly onClose = (): void => {
    this.uncount();
    this.host.over(this, null);
  };
}

/** Headers always are. */
function isAscii(body: string): boolean {
  return Buffer.byteLength(body) === body.length;
}
