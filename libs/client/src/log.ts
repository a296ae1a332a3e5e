/** The calls. Each lives in a file of its own; here they are put together. */
import { PATIENCE_MS } from './limits.js';
import { newKey } from './idempotency-key.js';
import type {
  AppendManyOptions,
  AppendOptions,
  CallOptions,
  ConnectOptions,
  ReadOptions,
  ReceiptOptions,
  TailOptions,
} from './options.js';
import { BEGINNING, parsePlace } from './place.js';
import type { Place } from './place.js';
import { ChangedHistory } from './reads/changed-history.js';
import { LIST, TAIL } from './reads/message-streams.js';
import { Reader } from './reads/reader.js';
import { NodeChoice } from './requests/node-choice.js';
import { JSON_TYPE } from './requests/question.js';
import { Requests } from './requests/requests.js';
import type { Surroundings } from './surroundings.js';
import type { Cluster, Message, Preflight, ReceiptView, WriteConcern } from './views.js';
import { appendMany } from './writes/append-many.js';
import type { AppendedMany } from './writes/append-many.js';
import { Appends } from './writes/appends.js';
import { lineOf } from './writes/line.js';
import { withWait } from './writes/receipt.js';
import type { BatchReceipt, Receipt, WaitForPlace } from './writes/receipt.js';
import { Receipts } from './writes/receipts.js';

export class Log {
  private readonly requests: Requests;
  private readonly receipts: Receipts;
  private readonly appends: Appends;
  private readonly reader: Reader;
  private readonly patienceMs: number;
  private readonly waitForPlace: WaitForPlace = (place, concern, options) =>
    this.receipts.of(place, { ...options, concern });

  constructor(
    { nodes, key, patience = PATIENCE_MS }: ConnectOptions,
    private readonly surroundings: Surroundings,
  ) {
    this.patienceMs = patience;
    this.requests = new Requests(new NodeChoice(nodes, surroundings.random), key, surroundings);
    this.receipts = new Receipts(this.requests, patience);
    this.appends = new Appends(this.requests, this.receipts, patience);
    this.reader = new Reader(this.requests, new ChangedHistory(this.requests, this.receipts));
  }

  /**
   * Appends a message, any JSON value, once: it is repeated over every failure, under its key. The receipt is `satisfied`, or
   * `pending` if the concern was not met in time; the message is in the log then too. Throws ReplogError: the message was
   * refused and is in no log; or OutcomeUnknown: nobody could say in time.
   */
  async append(message: unknown, options: AppendOptions = {}): Promise<Receipt> {
    const body = { type: JSON_TYPE, text: lineOf(message, options.key ?? newKey()) };
    return withWait(await this.appends.append<ReceiptView>(body, options), this.waitForPlace);
  }

  /**
   * Appends messages in their order, in batches. Each batch is in the log whole or not at all. The source is read no faster than
   * the log takes it. Resolves when all are in the log. Throws what `append` throws; batches before stay in the log.
   */
  appendMany<Body>(
    messages: Iterable<Body> | AsyncIterable<Body>,
    options: AppendManyOptions<Body, BatchReceipt> = {},
  ): Promise<AppendedMany> {
    const { appends, surroundings } = this;
    return appendMany(messages, options, {
      appends,
      surroundings,
      withWait: (view) => withWait(view, this.waitForPlace),
    });
  }

  /**
   * Messages as they come, in order and each once, without an end. After every break it goes on where it was. Throws
   * HistoryChanged if the log no longer has the last message it gave.
   */
  tail<Body = unknown>({ from, concern = 'majority', signal }: TailOptions = {}): AsyncGenerator<Message<Body>, void> {
    const plan = { stream: TAIL, from: asPlace(from), concern, limit: Infinity, signal, patienceMs: Infinity };
    return this.reader.read(plan) as AsyncGenerator<Message<Body>, void>;
  }

  /** The messages that the log has when the read begins. Throws as `tail` does. */
  read<Body = unknown>(options: ReadOptions = {}): AsyncGenerator<Message<Body>, void> {
    const { from, concern = 'majority', limit = Infinity, signal } = options;
    const plan = { stream: LIST, from: asPlace(from), concern, limit, signal, patienceMs: this.patienceMs };
    return this.reader.read(plan) as AsyncGenerator<Message<Body>, void>;
  }

  /**
   * The receipt of the message at a place, or under an idempotency key. With `concern` it waits. Throws NotFound: nothing is stored
   * under the key; HistoryChanged: the log has another message there.
   */
  async receipt(what: Place | string, options: ReceiptOptions = {}): Promise<Receipt> {
    return withWait(await this.receipts.of(what, options), this.waitForPlace);
  }

  /** The cluster as one node sees it. */
  cluster({ signal }: CallOptions = {}): Promise<Cluster> {
    const question = { method: 'GET', path: '/cluster', accept: JSON_TYPE, aim: 'any' } as const;
    return this.requests.json(question, { signal, patienceMs: this.patienceMs });
  }

  /** Can this write concern be met now? If not, who is missing, and why. */
  preflight(concern: WriteConcern, { signal }: CallOptions = {}): Promise<Preflight> {
    const path = `/write-concern/${encodeURIComponent(concern)}`;
    const question = { method: 'GET', path, accept: JSON_TYPE, aim: 'master' } as const;
    return this.requests.json(question, { signal, patienceMs: this.patienceMs });
  }
}

function asPlace(from: Place | string | undefined): Place {
  return typeof from === 'string' ? parsePlace(from) : (from ?? BEGINNING);
}
