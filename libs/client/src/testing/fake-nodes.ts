/**
 * Nodes that answer as a spec says, on a clock of their own: when nothing else can go on, the next timer is due. So a minute of
 * trying again takes no time.
 */
import type { Surroundings } from '../surroundings.js';

/**
 * What a node does with a request. `silence`: nothing ever comes. `silent stream`: a head, and nothing more. `refused`: nothing
 * listens there. `cut`: the connection breaks.
 */
export type Reaction = Response | 'silence' | 'silent stream' | 'refused' | 'cut';

export interface Asked {
  readonly url: string;
  readonly path: string;
  readonly method: string;
  readonly body: string;
  readonly atMs: number;
}

export class FakeNodes implements Surroundings {
  readonly asked: Asked[] = [];
  private time = 1_000;
  private readonly timers = new Set<{ readonly atMs: number; readonly run: () => void }>();

  constructor(private readonly react: (asked: Asked) => Reaction) {}

  nowMs = (): number => this.time;
  dateMs = (): number => this.time;
  /** The longest pauses. */
  random = (): number => 0.999;

  after = (ms: number, run: () => void): (() => void) => {
    const timer = { atMs: this.time + ms, run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  };

  fetch: typeof fetch = (input, init = {}) => {
    const url = new URL(String(input));
    const { method = 'GET', body } = init;
    const path = `${url.pathname}${url.search}`;
    const asked = { url: url.origin, path, method, body: typeof body === 'string' ? body : '', atMs: this.time };
    this.asked.push(asked);
    const reaction = this.react(asked);
    if (reaction instanceof Response) return Promise.resolve(reaction);
    if (reaction === 'refused')
      return Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }));
    if (reaction === 'cut') return Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } }));
    // The worst case: neither hears that the request was aborted.
    if (reaction === 'silent stream') return Promise.resolve(new Response(new ReadableStream()));
    return new Promise(() => undefined);
  };

  get urls(): readonly string[] {
    return this.asked.map(({ url }) => url);
  }

  /** Lets time pass until the promise is settled. */
  async until<Value>(promise: Promise<Value>): Promise<Value> {
    let isSettled = false;
    const settled = (): void => void (isSettled = true);
    promise.then(settled, settled);
    for (;;) {
      // Whatever can go on without time goes on.
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (isSettled) return promise;
      const [next] = [...this.timers].sort((one, other) => one.atMs - other.atMs);
      if (next === undefined) throw new Error('nothing is due, and the promise is open');
      this.timers.delete(next);
      this.time = Math.max(this.time, next.atMs);
      next.run();
    }
  }
}

export function answer(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

/** A refusal of a node: a problem document. */
export function refusal(
  code: string,
  status: number,
  extra: object = {},
  headers: Record<string, string> = {},
): Response {
  return answer({ code, status, detail: `${code} of a node.`, retriable: status >= 500, ...extra }, status, headers);
}

/** An answer whose body comes in these pieces; `breaks`: then its connection breaks. */
export function stream(pieces: readonly string[], { breaks = false }: { breaks?: boolean } = {}): Response {
  const bytes = new TextEncoder();
  let next = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (next < pieces.length) controller.enqueue(bytes.encode(pieces[next++]));
      else if (breaks) controller.error(new TypeError('terminated'));
      else controller.close();
    },
  });
  return new Response(body);
}

export function receipt(given: object = {}): object {
  return {
    seq: 7,
    index: 9,
    epoch: 2,
    key: 'a-key',
    timestamp: '2026-01-01T00:00:00.000Z',
    outcome: 'satisfied',
    duplicate: false,
    writeConcern: { requested: 'majority', secondaries: 1, copies: 2 },
    acks: [],
    ...given,
  };
}
