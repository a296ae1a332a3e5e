/**
 * The input of the checkers: every write as its client saw it, and the final messages of every node. Checkers are
 * pure: they take a history and answer what is wrong with it.
 */
import type { MessageView } from '@replog/contracts/views.js';

/** `unknown`: no answer came (the connection was cut), so the write may have happened or not. */
export type WriteOutcome = 'satisfied' | 'pending' | 'rejected' | 'unknown';

/** One write of a client, all tries under its key taken together. Messages of a history are unique. */
export interface Write {
  readonly message: unknown;
  readonly key: string | null;
  readonly outcome: WriteOutcome;
  /** As the receipt says; `null` without a receipt. */
  readonly seq: number | null;
  /**
   * Ticks of one counter that all clients of the run share: before the first try left, and after the last answer came.
   * A write that ended before another began must stand before it in the log.
   */
  readonly beganAt: number;
  readonly endedAt: number;
}

export interface NodeLog {
  readonly nodeId: string;
  /** From the first message on, in the order in which the node gave them. */
  readonly messages: readonly MessageView[];
}

export interface History {
  readonly writes: readonly Write[];
  readonly logs: readonly NodeLog[];
}

/** The terms of Jepsen's reports. */
export type ViolationKind =
  | 'lost-prefix'
  | 'lost-middle'
  | 'lost-postfix'
  | 'duplicate'
  | 'reorder'
  | 'misplaced'
  | 'gap'
  | 'divergence'
  | 'behind'
  | 'aborted-read'
  | 'phantom'
  | 'not-kept'
  | 'torn-batch'
  | 'vanished'
  | 'stale-read'
  | 'died';

export interface Violation {
  readonly kind: ViolationKind;
  readonly nodeId: string;
  /** The first seq it is about. */
  readonly seq: number;
  readonly sentence: string;
}

/** Two messages are the same if their JSON is. */
export function identityOf(message: unknown): string {
  return JSON.stringify(message);
}

/** Was the writer told that the message is in the log? */
export function isAcknowledged(write: Write): write is Write & { readonly seq: number } {
  return write.seq !== null && (write.outcome === 'satisfied' || write.outcome === 'pending');
}
