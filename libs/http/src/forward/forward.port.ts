/** Passes requests on to the master, for a node that is not. */
import type { Readable } from 'node:stream';
import type { ReplogError } from '@replog/contracts/errors.js';
import type { Answer } from '../fast-path/answer.js';
import type { RequestHead } from '../fast-path/fast-path.js';
import type { Caller } from '../server/caller.js';

export const MASTER_FORWARD = Symbol('MASTER_FORWARD');

export interface ForwardRequest {
  readonly head: RequestHead;
  readonly requestId: string;
  /** `null`: nobody who could leave. */
  readonly caller: Caller | null;
  /** A stream is sent as it comes, and can be sent only once. */
  readonly body: Buffer | Readable | null;
  /** The idempotency key in place of what the head has; `null`: as the head has it. */
  readonly key: string | null;
  /** It does nothing twice. */
  readonly isRepeatable: boolean;
  /** It waits for the next master while the members elect one. */
  readonly isHeld: boolean;
  /** How long the master may take for its answer, in milliseconds, beside what the network takes. */
  readonly waitMs: number;
  /** The error where it is not known whether the request was carried out. */
  unknown(): ReplogError;
}

/** This node has become master meanwhile, and answers the request itself. */
export interface AnswerHere {
  /** An attempt at the former master may have been carried out. */
  readonly hasDoubt: boolean;
}

export interface MasterForward {
  /**
   * The answer of the master; `null` if the client is gone. Rejects with ReplogError NO_MASTER or OVERLOADED if nothing was
   * done, or with `unknown()`.
   */
  forward(request: ForwardRequest): Promise<Answer | AnswerHere | null>;
}

export function isAnswer(forwarded: Answer | AnswerHere): forwarded is Answer {
  return 'status' in forwarded;
}
