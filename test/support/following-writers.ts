/**
 * Writers as a sensible client is one: each writes one message after the other, first to the node of its turn, follows the
 * redirects of the build before, comes back when `Retry-After` says, goes to the next node where one does not answer or
 * shuts down, and repeats everything under its key.
 */
import type { Write } from '../checkers/history.js';
import { KeepAliveClient } from './keep-alive-client.js';
import type { AppendAnswer } from './keep-alive-client.js';
import { nextTick } from './ticks.js';

/** A write that its writer knows to be in the log. */
export interface Acknowledgement {
  readonly atMs: number;
  /** From the first try to the answer that ended it. */
  readonly tookMs: number;
  readonly epoch: number;
}

/** What was no receipt and no redirect. */
export interface Refused {
  /** The node that was asked. */
  readonly url: string;
  /** Status and code, or the error of the connection. */
  readonly answer: string;
}

const CONCERNS = [1, 'majority'] as const;
const TIMEOUT_MS = 5_000;
/** Before the next node is tried, where one refused the connection. */
const NEXT_NODE_AFTER_MS = 20;
/** Redirects that are followed at once; nodes that send a client in circles are left alone for a moment. */
const REDIRECTS_AT_ONCE = 4;

export class FollowingWriters {
  readonly writes: Write[] = [];
  readonly acknowledged: Acknowledgement[] = [];
  /** How often each status was answered, and each error of a connection met. */
  readonly answers = new Map<string, number>();
  readonly refused: Refused[] = [];
  private isStopping = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly urls: readonly string[]) {}

  start(count: number): void {
    this.running = Promise.all(Array.from({ length: count }, (_, writer) => this.run(writer)));
  }

  /** Every writer ends the write it is at. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  private async run(writer: number): Promise<void> {
    const route = new Route(this.urls, writer);
    const client = new KeepAliveClient();
    for (let number = 1; !this.isStopping; number++) {
      await this.write(client, route, `writer ${writer}, message ${number}`, CONCERNS[writer % CONCERNS.length] ?? 1);
    }
    client.close();
  }

  private async write(client: KeepAliveClient, route: Route, message: string, concern: number | string): Promise<void> {
    const beganAt = nextTick();
    const beganMs = performance.now();
    for (;;) {
      const answer = await this.attempt(client, route.url, message, concern);
      if (answer !== null && answer.status < 300) {
        const { outcome, seq, epoch } = answer.body;
        const atMs = performance.now();
        this.acknowledged.push({ atMs, tookMs: atMs - beganMs, epoch });
        this.writes.push({ message, key: message, outcome, seq, beganAt, endedAt: nextTick() });
        route.arrived();
        return;
      }
      await sleep(route.next(answer));
    }
  }

  private async attempt(
    client: KeepAliveClient,
    url: string,
    message: string,
    concern: number | string,
  ): Promise<AppendAnswer | null> {
    const path = `/messages/${concern}?timeout=${TIMEOUT_MS}`;
    const answer = await client.append(url, path, message, message).catch((error: NodeJS.ErrnoException) => {
      this.note(url, error.code ?? error.message, true);
      return null;
    });
    if (answer !== null) {
      const { status, body } = answer;
      this.note(url, status < 300 ? String(status) : `${status} ${body.code}`, status >= 400);
    }
    return answer;
  }

  private note(url: string, answer: string, isRefused: boolean): void {
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
    if (isRefused) this.refused.push({ url, answer });
  }
}

/** Where a client sends its next try, and when. */
class Route {
  private redirects = 0;
  url: string;

  constructor(
    private readonly urls: readonly string[],
    private place: number,
  ) {
    this.url = urls[place % urls.length] as string;
  }

  arrived(): void {
    this.redirects = 0;
  }

  /** Answers after how many milliseconds. */
  next(answer: AppendAnswer | null): number {
    const { location } = answer?.headers ?? {};
    if (location !== undefined) {
      this.url = new URL(location).origin;
      this.redirects += 1;
      return this.redirects % REDIRECTS_AT_ONCE === 0 ? NEXT_NODE_AFTER_MS : 0;
    }
    const retryAfter = Number(answer?.headers['retry-after'] ?? Number.NaN);
    if (retryAfter > 0 && answer?.body.code !== 'SHUTTING_DOWN') return retryAfter * 1000;
    this.place += 1;
    this.url = this.urls[this.place % this.urls.length] as string;
    return NEXT_NODE_AFTER_MS;
  }
}

function sleep(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
