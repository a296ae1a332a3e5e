/**
 * Which node is asked next, and when. A node that failed is left alone for a pause that doubles with every failure, by chance
 * up to that long, so that many clients do not come back at once; what `Retry-After` says comes on top. Meanwhile the others
 * are asked. What only the master can do goes straight to it once an answer has named it.
 */
import { FIRST_PAUSE_MS, MOST_PAUSE_MS } from '../limits.js';

/** `master`: every node would pass it on to the master. `any`: every node answers it itself. */
export type Aim = 'master' | 'any';

interface Known {
  readonly url: string;
  /** In a row. */
  failures: number;
  /** The last failure was noted then. */
  failedAtMs: number;
  /** It is not asked before. */
  asideUntilMs: number;
  hasWorked: boolean;
}

export class NodeChoice {
  private readonly listed: readonly Known[];
  /** Addresses that answers named: of masters that are not among the listed nodes under this address. */
  private readonly named = new Map<string, Known>();
  private master: Known | null = null;
  /** The place of the listed node that is asked next. */
  private turn: number;

  constructor(
    urls: readonly string[],
    private readonly random: () => number,
  ) {
    this.listed = urls.map(known);
    // Clients that list the same nodes spread over them.
    this.turn = Math.floor(random() * urls.length);
  }

  /** The node to ask, in how many milliseconds. Among nodes that may be asked now, the best one; else the first to be back. */
  pick(aim: Aim, nowMs: number): { readonly url: string; readonly inMs: number } {
    const round = [...this.listed.slice(this.turn), ...this.listed.slice(0, this.turn)];
    const order = aim === 'master' && this.master !== null ? [this.master, ...round] : round;
    const ready = order.find(({ asideUntilMs }) => asideUntilMs <= nowMs);
    const node = ready ?? order.reduce((best, one) => (one.asideUntilMs < best.asideUntilMs ? one : best));
    // Reads take turns. What passes through a node to the master stays with it.
    if (aim === 'any') this.turn = (this.turn + 1) % this.listed.length;
    return { url: node.url, inMs: Math.max(0, node.asideUntilMs - nowMs) };
  }

  worked(url: string): void {
    const node = this.at(url);
    node.failures = 0;
    node.asideUntilMs = 0;
    node.hasWorked = true;
  }

  /**
   * The attempt that began at `beganMs` failed. Of many that were under way at the same node, one failure counts.
   * `retryAfterMs`: as the node asked.
   */
  failed(
    url: string,
    { beganMs, nowMs, retryAfterMs }: { beganMs: number; nowMs: number; retryAfterMs: number },
  ): void {
    const node = this.at(url);
    const untilMs = nowMs + retryAfterMs + this.random() * Math.min(MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** node.failures);
    if (beganMs >= node.failedAtMs || untilMs > node.asideUntilMs) node.asideUntilMs = untilMs;
    if (beganMs < node.failedAtMs) return;
    node.failures += 1;
    node.failedAtMs = nowMs;
  }

  /** All nodes are left alone, as `retryAfterMs` says: the whole cluster is in trouble. */
  allFailed(failure: { beganMs: number; nowMs: number; retryAfterMs: number }): void {
    for (const { url } of [...this.listed, ...this.named.values()]) this.failed(url, failure);
  }

  /**
   * An answer came from this master. An address that never worked and failed is of no use from here (as the name of a
   * container may be), so it is not tried again: the listed nodes pass everything on. A key that is sent over TLS is not
   * sent in the open.
   */
  follow(url: string): void {
    const origin = originOf(url);
    if (origin === null || (this.isSecure && !origin.startsWith('https:'))) return;
    const node = this.listed.find((one) => one.url === origin) ?? this.named.get(origin) ?? known(origin);
    const isNamed = !this.listed.includes(node);
    if (isNamed && node.failures > 0 && !node.hasWorked) {
      this.master = null;
      return;
    }
    if (isNamed) this.named.set(origin, node);
    this.master = node;
  }

  private get isSecure(): boolean {
    return this.listed.some(({ url }) => url.startsWith('https:'));
  }

  private at(url: string): Known {
    const node = this.listed.find((one) => one.url === url) ?? this.named.get(url);
    if (node === undefined) throw new Error(`${url} was never picked`);
    return node;
  }
}

function known(url: string): Known {
  return { url, failures: 0, failedAtMs: Number.NEGATIVE_INFINITY, asideUntilMs: 0, hasWorked: false };
}

function originOf(url: string): string | null {
  return /^https?:/.test(url) && URL.canParse(url) ? url.replace(/\/+$/, '') : null;
}
