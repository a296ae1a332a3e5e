/**
 * The one implementation of a write, for every transport. It checks the head, holds the write while the master changes,
 * passes it on to the master if this node is not, reads and checks the body, appends, waits, and answers with the receipt.
 * A refusal is a normal answer.
 */
import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { NODE_PARTS } from '@replog/cluster/node/node-parts.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import { ReplogError } from '@replog/contracts/errors.js';
import { HEADERS, MEDIA } from '@replog/contracts/http.js';
import type { Answer } from '@replog/http/fast-path/answer.js';
import { FastPath } from '@replog/http/fast-path/fast-path.js';
import type { FastRequest, FastRoute, FastRoutes, RequestBody, RequestHead } from '@replog/http/fast-path/fast-path.js';
import { refuseOtherCluster } from '@replog/http/forward/refuse-other-cluster.js';
import { problemFor } from '@replog/http/problems/problem-for.js';
import { bodyLimitBytes, isCutOff } from '@replog/http/requests/body-refusals.js';
import { InflightBodies } from '@replog/http/requests/inflight-bodies.js';
import { readChunks, readWhole } from '@replog/http/requests/read-body.js';
import type { Caller } from '@replog/http/server/caller.js';
import { ClientGate } from '@replog/http/security/client-gate.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import type { NewMessage } from '../replication/drafts.js';
import type { MasterTerm } from '../term/master-term.js';
import { MasterTerms } from '../term/master-terms.js';
import { ForwardedWrites } from './forwarded-writes.js';
import type { Batch } from './parsing/batch.js';
import { parseAppendBody } from './parsing/parse-append-body.js';
import { BatchParser, maxBatchBytesOf } from './parsing/parse-batch.js';
import { chooseKey } from './parsing/parse-idempotency-key.js';
import { liveAnswer, receiptAnswer } from './receipt-answer.js';
import { ReceiptText } from './receipt-text.js';
import { readTarget, readWriteHead } from './write-head.js';
import type { WriteHead, WriteRules, WriteTarget } from './write-head.js';

/** Writes held at one time, each with the part of its body that its connection buffers. Further ones are not held. */
const MAX_HELD_WRITES = 4_096;

/** Parts of the node that writes need. */
export type WritePorts = Pick<NodeParts, 'config' | 'damage' | 'logger' | 'node'>;

interface ReadHead {
  readonly head: RequestHead;
  readonly asked: WriteHead | ReplogError;
}

@Injectable()
export class WriteService implements FastRoutes, OnModuleInit {
  private readonly rules: WriteRules;
  private readonly text = new ReceiptText();
  private heldWrites = 0;

  constructor(
    @Inject(NODE_PARTS) private readonly ports: WritePorts,
    private readonly fastPath: FastPath,
    private readonly gate: ClientGate,
    private readonly bodies: InflightBodies,
    private readonly terms: MasterTerms,
    private readonly forwarded: ForwardedWrites,
  ) {
    const { config } = ports;
    this.rules = {
      ...config,
      maxBodyBytes: bodyLimitBytes(config),
      maxBatchBytes: maxBatchBytesOf(config),
      requireKey: (headers) => gate.require(headers),
    };
  }

  onModuleInit(): void {
    this.fastPath.use(this);
  }

  prepare(head: RequestHead): FastRoute | null {
    const target = readTarget(head);
    return target === null ? null : this.route(target, head);
  }

  /** The same when the router has found the target. */
  answer(target: WriteTarget, head: RequestHead, body: RequestBody, request: FastRequest): Promise<Answer | null> {
    return this.answerWrite(this.read(target, head), body, request);
  }

  get isOpen(): boolean {
    return this.ports.node.change.over === null && this.terms.current?.writes.admission.isOpen === true;
  }

  private route(target: WriteTarget, head: RequestHead): FastRoute {
    const read = this.read(target, head);
    const { asked } = read;
    const isStreamed = !(asked instanceof ReplogError) && (asked.isBatch || asked.isLive);
    const isOpen = (): boolean => this.isOpen;
    return {
      route: target.wc === undefined ? '/messages' : '/messages/:wc',
      maxBodyBytes: isStreamed ? 0 : this.rules.maxBodyBytes,
      isRefused: asked instanceof ReplogError,
      get isOpen() {
        return isOpen();
      },
      answer: (body, request) => this.answerWrite(read, body, request),
    };
  }

  private read(target: WriteTarget, head: RequestHead): ReadHead {
    try {
      return { head, asked: readWriteHead(target, head, this.rules) };
    } catch (error) {
      if (error instanceof ReplogError) return { head, asked: error };
      throw error;
    }
  }

  /** `null`: the client disconnected before its body was complete, and nothing was appended. */
  private async answerWrite(read: ReadHead, body: RequestBody, request: FastRequest): Promise<Answer | null> {
    const { head, asked } = read;
    try {
      if (asked instanceof ReplogError) throw await this.gate.explain(asked, head.headers);
      refuseOtherCluster(head.headers, this.ports.node.clusterId);
      const { over } = this.ports.node.change;
      if (over !== null) await this.hold(over);
      if (isGone(body)) return null;
      // Asked again once the body is read: the term may have changed meanwhile.
      if (this.terms.current === null && isForwarded(head)) this.terms.require();
      if (asked.isBatch) return await this.answerBatch(asked, body, head, request);
      const whole = Buffer.isBuffer(body) ? body : await readWhole(body, this.rules.maxBodyBytes, this.bodies);
      return whole === null ? null : await this.answerOne(asked, whole, head, request);
    } catch (thrown) {
      return isGone(body) ? null : this.refuse(thrown, head, body, request);
    }
  }

  private async hold(over: Promise<void>): Promise<void> {
    if (this.heldWrites >= MAX_HELD_WRITES) return;
    this.heldWrites += 1;
    await over;
    this.heldWrites -= 1;
  }

  private async answerOne(
    asked: WriteHead,
    body: Buffer,
    head: RequestHead,
    request: FastRequest,
  ): Promise<Answer | null> {
    const parsed = parseAppendBody(body, this.ports.config.maxMessageBytes);
    const headerKey = request.idempotencyKey === undefined ? asked.key : request.idempotencyKey;
    const message = { payload: parsed.payload, key: chooseKey(headerKey, parsed.key) };
    const { current } = this.terms;
    if (current === null) return this.forwardOne(asked, message, body, head, request);
    try {
      return await this.append(current, asked, message, request.caller);
    } catch (error) {
      // The term ended before the message was in the log.
      if (!hasNoTerm(error) || isForwarded(head)) throw error;
      return this.forwardOne(asked, message, body, head, request);
    }
  }

  private async append(
    { writes }: MasterTerm,
    asked: WriteHead,
    message: NewMessage,
    caller: Caller | null,
  ): Promise<Answer> {
    const { appends, live } = writes;
    const { concern } = asked;
    if (!asked.isLive) {
      const receipt = await appends.append(message, asked, caller);
      return receiptAnswer({ receipt, concern, text: this.text.of(receipt), status: 201 });
    }
    const placed = await appends.place(message, concern);
    const { seq, index, epoch } = placed.subject;
    const appended = { seq, index, epoch, duplicate: placed.isDuplicate };
    return liveAnswer(live.tell(appended, index, appends.settle(placed, asked, caller)));
  }

  private forwardOne(
    asked: WriteHead,
    { payload, key }: NewMessage,
    body: Buffer,
    head: RequestHead,
    { requestId, caller }: FastRequest,
  ): Promise<Answer | null> {
    const { timeoutMs } = asked;
    return this.forwarded.message({ head, requestId, caller, timeoutMs, body, key }, (given) =>
      this.append(this.terms.require(), asked, { payload, key: given }, caller),
    );
  }

  private async answerBatch(
    asked: WriteHead,
    body: RequestBody,
    head: RequestHead,
    { requestId, caller }: FastRequest,
  ): Promise<Answer | null> {
    const { timeoutMs } = asked;
    const here = (): Promise<Answer | null> => this.appendBatch(asked, body, caller);
    if (this.terms.current !== null) return here();
    return this.forwarded.batch({ head, requestId, caller, timeoutMs }, body, here);
  }

  private async appendBatch(asked: WriteHead, body: RequestBody, caller: Caller | null): Promise<Answer | null> {
    const { concern } = asked;
    const batch = await this.readBatch(Buffer.isBuffer(body) ? Readable.from([body]) : body);
    if (batch === null) return null;
    const { appends, live } = this.terms.require().writes;
    if (!asked.isLive) {
      const receipt = await appends.appendBatch(batch, asked, caller);
      return receiptAnswer({ receipt, concern, text: JSON.stringify(receipt), status: 201 });
    }
    const placed = await appends.placeBatch(batch, concern);
    const { seq: lastSeq, index: lastIndex, epoch } = placed.last;
    const appended = { lastSeq, lastIndex, epoch, count: batch.drafts.count };
    return liveAnswer(live.tell(appended, lastIndex, appends.settleBatch(placed, asked, caller)));
  }

  private readBatch(body: Readable): Promise<Batch | null> {
    const { maxMessageBytes } = this.ports.config;
    const { maxBatchBytes } = this.rules;
    return this.bodies.holding(async (add) => {
      const parser = new BatchParser({ maxMessageBytes, maxBatchBytes });
      const isWhole = await readChunks(body, (chunk) => {
        add(chunk.length);
        parser.push(chunk);
      });
      return isWhole ? parser.end() : null;
    });
  }

  private refuse(thrown: unknown, head: RequestHead, body: RequestBody, { requestId }: FastRequest): Answer {
    if (thrown instanceof CorruptRecordError) this.ports.damage.report(thrown, 'by a request');
    const { url = '' } = head;
    const request = { requestId, method: 'POST', url, isUnrouted: false, allowedMethods: [] };
    const told = isNotMaster(thrown) && !isForwarded(head) ? masterChanged() : thrown;
    const { error, answer } = problemFor(told, request, this.ports.logger);
    const all = { ...answer.headers, 'content-type': `${MEDIA.problem}; charset=utf-8` };
    const mustClose = !Buffer.isBuffer(body) && isCutOff(body, error);
    const headers = Object.entries(all).flatMap(([name, value]) => [name, String(value)]);
    return { status: answer.status, headers, body: answer.body, mustClose };
  }
}

/** Another node passed it on: it goes to the master from there, and not from here. */
function isForwarded({ headers }: RequestHead): boolean {
  return headers[HEADERS.forwardedBy] !== undefined;
}

/** Another node is master, or none. */
function hasNoTerm(error: unknown): boolean {
  return isNotMaster(error) || (error instanceof ReplogError && error.code === 'NO_MASTER');
}

function isNotMaster(error: unknown): boolean {
  return error instanceof ReplogError && error.code === 'NOT_MASTER';
}

/** For a body that is read and cannot be sent on. */
function masterChanged(): ReplogError {
  const sentence = 'The master changed while the request was read. Nothing was appended: send it again.';
  return new ReplogError('NO_MASTER', sentence, { retryAfterS: 1 });
}

/** Did the client disconnect before its body was complete? */
function isGone(body: RequestBody): boolean {
  return !Buffer.isBuffer(body) && body.destroyed && !body.readableEnded;
}
