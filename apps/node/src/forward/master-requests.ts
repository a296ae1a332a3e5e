/** Requests of clients, as a node sends them to the master: over kept connections, with body and answer as streams. */
import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';

/** Each request has a connection of its own: a write may wait for its concern for a day. */
const CONNECT_TIMEOUT_MS = 3_000;

export interface MasterRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: Buffer | Readable | null;
  /** Most milliseconds without a byte of the answer. */
  readonly silenceMs: number;
  /** The client is gone. */
  readonly signal: AbortSignal;
}

export interface MasterAnswer {
  readonly status: number;
  /** Names and values in turn, as they came. */
  readonly headers: readonly string[];
  readonly body: Readable;
}

/** The connection broke before there was an answer. */
export class MasterUnheardError extends Error {
  override readonly name = 'MasterUnheardError';

  constructor(
    /** Part of the request may have arrived. */
    readonly wasSent: boolean,
    cause: unknown,
  ) {
    super('the master has not answered', { cause });
  }
}

export class MasterRequests {
  private readonly agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    pipelining: 1,
    // The client chose how long to wait; each request says it.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  /** Rejects with MasterUnheardError. */
  async send(
    masterUrl: string,
    { method, path, headers, body, silenceMs, signal }: MasterRequest,
  ): Promise<MasterAnswer> {
    try {
      const answer = await this.agent.request({
        origin: masterUrl,
        path,
        method: method as Dispatcher.HttpMethod,
        headers: headers as string[],
        body: body === null || Buffer.isBuffer(body) ? body : detached(body),
        signal,
        headersTimeout: silenceMs,
        bodyTimeout: silenceMs,
        responseHeaders: 'raw',
      });
      // It may break when nobody reads it any more.
      answer.body.on('error', () => undefined);
      // As asked for: an array.
      return { status: answer.statusCode, headers: answer.headers as unknown as readonly string[], body: answer.body };
    } catch (error) {
      throw new MasterUnheardError(!isOfConnect(error), error);
    }
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

/** A failed request destroys its body, and with the request of a client its connection, which still needs an answer. */
function detached(body: Readable): Readable {
  const passed = new PassThrough();
  // Not before it is sent: where there is no connection, it can still go to another master.
  passed.once('resume', () => body.pipe(passed));
  // Nobody else listens once the request has failed.
  passed.on('error', () => undefined);
  const leave = (): unknown => (body.readableEnded ? null : passed.destroy(new Error('the client is gone')));
  body.once('close', leave);
  passed.once('close', () => body.off('close', leave));
  return passed;
}

/** Has the attempt failed before there was a connection? */
function isOfConnect(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof AggregateError) return error.errors.every(isOfConnect);
  return code === 'UND_ERR_CONNECT_TIMEOUT' || syscall === 'connect' || syscall === 'getaddrinfo';
}
