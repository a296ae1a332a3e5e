/**
 * Writes that reach a node that is not master: they go on to the master, and their answers come back. A single message
 * always goes on under a key, its own or one of this node, so that an attempt that broke can be repeated: it is appended
 * once. A batch is passed on as it comes and sent only once. Both are held while the members elect a master.
 */
import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { ReplogError, toProblem } from '@replog/contracts/errors.js';
import type { Random } from '@replog/contracts/ports.js';
import type { Answer } from '@replog/http/fast-path/answer.js';
import type { RequestHead } from '@replog/http/fast-path/fast-path.js';
import { MASTER_FORWARD, isAnswer } from '@replog/http/forward/forward.port.js';
import type { ForwardRequest, MasterForward } from '@replog/http/forward/forward.port.js';
import { RANDOM } from '@replog/runtime/tokens/injection-tokens.js';
import type { Caller } from '@replog/http/server/caller.js';
import { InflightBodies } from '@replog/http/requests/inflight-bodies.js';

export interface ForwardedWrite {
  readonly head: RequestHead;
  readonly requestId: string;
  readonly caller: Caller | null;
  readonly timeoutMs: number;
}

export interface ForwardedMessage extends ForwardedWrite {
  readonly body: Buffer;
  /** From the header or the body; `null`: the client sent none. */
  readonly key: string | null;
}

@Injectable()
export class ForwardedWrites {
  constructor(
    @Inject(MASTER_FORWARD) private readonly master: MasterForward,
    @Inject(RANDOM) private readonly random: Random,
    private readonly node: LocalNode,
    private readonly bodies: InflightBodies,
  ) {}

  /** `here` appends under the given key, where this node has become master meanwhile. */
  message(
    { head, requestId, caller, timeoutMs, body, key: ownKey }: ForwardedMessage,
    here: (key: string) => Promise<Answer>,
  ): Promise<Answer | null> {
    const key = ownKey ?? `forwarded-${this.random.uuid()}`;
    const unknown = (): ReplogError => unknownMessage(key, ownKey !== null);
    const request = {
      head,
      requestId,
      caller,
      body,
      key,
      isRepeatable: true,
      isHeld: true,
      waitMs: timeoutMs,
      unknown,
    };
    return this.bodies.holding(async (add) => {
      add(body.length);
      const forwarded = await this.master.forward(request);
      if (forwarded === null || isAnswer(forwarded)) return this.untilOutcome(forwarded, request);
      return forwarded.hasDoubt ? await here(key).catch(doubting(unknown)) : here(key);
    });
  }

  /** `here` appends it, where this node has become master before anything of it was sent. */
  async batch(
    { head, requestId, caller, timeoutMs }: ForwardedWrite,
    body: Buffer | Readable,
    here: () => Promise<Answer | null>,
  ): Promise<Answer | null> {
    // The master has all that is durable here, so a batch that it appends comes after it.
    const { seq } = this.node.store.durable;
    const unknown = (): ReplogError => unknownBatch(seq);
    const request = {
      head,
      requestId,
      caller,
      body,
      key: null,
      isRepeatable: false,
      isHeld: true,
      waitMs: timeoutMs,
      unknown,
    };
    const forwarded = await this.master.forward(request);
    return forwarded === null || isAnswer(forwarded) ? this.untilOutcome(forwarded, request) : here();
  }

  private untilOutcome(answer: Answer | null, { requestId, unknown }: ForwardRequest): Answer | null {
    if (answer === null || typeof answer.body === 'string') return answer;
    return { ...answer, body: endingInOutcome(answer.body, () => toProblem(unknown(), requestId)) };
  }
}

/** Passes whole events on. A stream that breaks before its outcome ends with the event `unknown`. */
export async function* endingInOutcome(
  pieces: AsyncIterable<string | Buffer>,
  unknown: () => unknown,
): AsyncGenerator<string, void, undefined> {
  let held = '';
  try {
    for await (const piece of pieces) {
      held += piece.toString();
      const end = held.lastIndexOf('\n\n') + 2;
      if (end < 2) continue;
      yield held.slice(0, end);
      held = held.slice(end);
    }
  } catch {
    yield `event: unknown\ndata: ${JSON.stringify(unknown())}\n\n`;
  }
}

/** A refusal here says nothing about an earlier attempt at the former master, unless its key is that of another message. */
function doubting(unknown: () => ReplogError): (error: unknown) => never {
  return (error) => {
    throw error instanceof ReplogError && error.code === 'KEY_REUSED' ? error : unknown();
  };
}

function unknownMessage(key: string, isOwn: boolean): ReplogError {
  const receipt = `/receipts/${encodeURIComponent(key)}`;
  const sentence =
    'The connection to the master broke, and it is not known yet whether the message is in the log. ' +
    `GET ${receipt} says it, at any node; the same message with the header Idempotency-Key: ${key} is appended once.`;
  return new ReplogError('OUTCOME_UNKNOWN', sentence, {
    location: receipt,
    retriable: isOwn,
    retryAfterS: 1,
    extra: { key },
  });
}

function unknownBatch(seq: number): ReplogError {
  const messages = `/messages?after=${seq}`;
  const sentence =
    'The connection to the master broke, and it is not known whether the batch is in the log: all of it, or nothing. ' +
    `If it is, it comes after message ${seq}: see GET ${messages}. Lines with a "key" can be sent again: they are appended once.`;
  return new ReplogError('OUTCOME_UNKNOWN', sentence, { location: messages, extra: { after: seq } });
}
