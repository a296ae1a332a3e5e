/** What the calls take. Times in milliseconds. */
import type { Place } from './place.js';
import type { ReadConcern, WriteConcern } from './views.js';

export interface ConnectOptions {
  /** Addresses of nodes of one cluster, such as `http://localhost:8000`. One is enough to begin with; more keep you going. */
  readonly nodes: readonly string[];
  /** The `API_KEY` of the nodes. */
  readonly key: string;
  /** How long a call is repeated that no node settles. Without it a minute. Tails go on until their signal ends them. */
  readonly patience?: number | undefined;
}

export interface CallOptions {
  /** Ends the call: it throws the reason of the signal. What was sent may be carried out all the same. */
  readonly signal?: AbortSignal | undefined;
}

export interface WaitOptions extends CallOptions {
  /** How long to wait for the write concern; then the receipt is `pending`. Without it 30 seconds. */
  readonly timeout?: number | undefined;
}

export interface WriteOptions extends WaitOptions {
  /** Without it the `DEFAULT_WRITE_CONCERN` of the nodes. */
  readonly concern?: WriteConcern | undefined;
}

export interface AppendOptions extends WriteOptions {
  /**
   * The idempotency key: 1 to 255 printable ASCII characters. A message is appended once under its key, however often it is
   * sent. Without it each call has a key of its own, so it is safe within the call; with it also over calls and programs.
   */
  readonly key?: string | undefined;
}

export interface AppendManyOptions<Body, Receipt> extends WriteOptions {
  /** The idempotency key of a message; `number` counts from 0. With it, all can be sent again after a failure. */
  readonly key?: ((message: Body, number: number) => string) | undefined;
  /** A batch is sent before it grows above this: 256 KiB without it. */
  readonly maxBytes?: number | undefined;
  /** A batch that is not full is sent after this, unless another one is on its way: 5 ms without it. */
  readonly maxWait?: number | undefined;
  /** Told of each batch, in order. The next one waits for it. */
  readonly onReceipt?: ((receipt: Receipt) => void | Promise<void>) | undefined;
}

export interface TailOptions extends CallOptions {
  /** Messages after this place, as an object or as in `42@3`. Without it from the first message on. */
  readonly from?: Place | string | undefined;
  /** Without it `majority`: no change of master takes back what you get. */
  readonly concern?: Exclude<ReadConcern, 'linearizable'> | undefined;
}

export interface ReadOptions extends CallOptions {
  /** Messages after this place, as an object or as in `42@3`. Without it from the first message on. */
  readonly from?: Place | string | undefined;
  /** Without it `majority`. */
  readonly concern?: ReadConcern | undefined;
  /** At most so many messages. Without it all that the log has when the read begins. */
  readonly limit?: number | undefined;
}

export interface ReceiptOptions extends WaitOptions {
  /** Wait for this concern. Without it the receipt comes at once. */
  readonly concern?: WriteConcern | undefined;
}
