/**
 * The short path of a write: one JSON message, or a batch, from a client that holds a key, answered with its receipt. Nest and
 * Fastify do the same for such a request, and spend more on finding out what to do than on doing it. Here it is known:
 * the same functions are called in a row. Everything else, and whatever would be refused for its head, is left to the usual
 * path, untouched; a test sends both the same requests and compares the answers (docs/architecture.md).
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { HEADERS, MEDIA } from '@replog/contracts/http.js';
import type { Clock, Random } from '@replog/contracts/ports.js';
import type { BatchReceipt, Receipt } from '@replog/contracts/views.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { DAMAGE_REPORTER } from '@replog/log-store/damage-reporter.port.js';
import { problemFor } from '@replog/http/problems/problem-for.js';
import { ApiKeys } from '@replog/http/security/api-keys.js';
import { EarlyRequests } from '@replog/http/server/early-requests.js';
import { bodyLimitBytes } from '@replog/http/server/fastify-adapter.js';
import { observeAnswer } from '@replog/http/server/observe-requests.js';
import { chooseRequestId, requestIdOf } from '@replog/http/server/request-id.js';
import { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { CLOCK, LOGGER, NODE_CONFIG, RANDOM } from '@replog/runtime/tokens/injection-tokens.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import type { EarlyAnswer, EarlyRequest, EarlyTaker, RequestHead } from '@replog/http/server/early-requests.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { MasterTerms } from '../../term/master-terms.js';
import { InflightBodies } from '../inflight-bodies.js';
import { parseAppendBody } from '../parsing/parse-append-body.js';
import { BatchParser, maxBatchBytesOf } from '../parsing/parse-batch.js';
import { chooseKey } from '../parsing/parse-idempotency-key.js';
import { receiptHead } from '../send-receipt.js';
import { readBody, readChunks } from './read-body.js';
import { readHead } from './read-head.js';
import type { HeadLimits, WriteHead } from './read-head.js';
import { ReceiptText } from './receipt-text.js';

const METHOD = 'POST';
const JSON_ANSWER = ['content-type', `${MEDIA.json}; charset=utf-8`] as const;

/** A write on its way to its answer. */
interface Write {
  readonly head: WriteHead;
  /** The key of the header. */
  readonly key: string | null;
  readonly answer: EarlyAnswer;
  readonly requestId: string;
  readonly startedMs: number;
}

@Injectable()
export class ShortPath implements OnModuleInit, EarlyTaker {
  private readonly limits: HeadLimits;
  private readonly text = new ReceiptText();
  private readonly observers: { readonly logger: Logger; readonly metrics: NodeMetrics };

  constructor(
    private readonly early: EarlyRequests,
    private readonly keys: ApiKeys,
    private readonly terms: MasterTerms,
    private readonly bodies: InflightBodies,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOM) private readonly random: Random,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: NodeMetrics,
    @Inject(DAMAGE_REPORTER) private readonly damage: DamageReporter,
  ) {
    this.observers = { logger, metrics };
    this.limits = { ...config, maxBodyBytes: bodyLimitBytes(config), maxBatchBytes: maxBatchBytesOf(config) };
  }

  onModuleInit(): void {
    this.early.use(this);
  }

  take(request: IncomingMessage, response: ServerResponse): boolean {
    const head = this.isOpen ? this.admit(request) : null;
    if (head === null) return false;
    const requestId = requestIdOf(request, this.random);
    const { key } = head;
    const write = { head, key, answer: answerOn(response), requestId, startedMs: this.clock.nowMs() };
    if (head.isBatch) this.readBatch(write, request);
    else readBody(request, head.bodyBytes, (body) => void this.append(write, body));
    return true;
  }

  get isOpen(): boolean {
    return this.terms.current?.writes.admission.isOpen ?? false;
  }

  recognize(request: RequestHead): EarlyRequest | null {
    const head = this.admit(request);
    // A batch is read chunk by chunk, and the socket told to wait.
    if (head === null || head.isBatch) return null;
    return {
      maxBodyBytes: this.limits.maxBodyBytes,
      take: (body, { startedMs, idempotencyKey: key, requestId }, answer) => {
        void this.append({ head, key, answer, requestId: chooseRequestId(requestId, this.random), startedMs }, body);
      },
    };
  }

  private admit(request: RequestHead): WriteHead | null {
    const head = readHead(request, this.limits);
    return head === null || this.keys.holderOf(head.credential) === null ? null : head;
  }

  private readBatch(write: Write, request: IncomingMessage): void {
    const { maxMessageBytes } = this.config;
    const { maxBatchBytes } = this.limits;
    const parser = new BatchParser({ maxMessageBytes, maxBatchBytes });
    const held = this.bodies.begin();
    readChunks(request, write.head.bodyBytes, {
      chunk: (chunk) => {
        held.add(chunk.length);
        parser.push(chunk);
      },
      end: () => {
        held.release();
        void this.appendBatch(write, parser);
      },
      // The rest of the body is not read: then this connection cannot carry another request.
      failed: (error) => this.refuse(write, error, { connection: 'close' }),
      closed: () => held.release(),
    });
  }

  private async appendBatch(write: Write, parser: BatchParser): Promise<void> {
    let receipt: BatchReceipt;
    try {
      receipt = await this.terms.require().writes.appends.appendBatch(parser.end(), write.head);
    } catch (error) {
      this.refuse(write, error);
      return;
    }
    this.answer(write, receipt, JSON.stringify(receipt));
  }

  private async append(write: Write, body: Buffer): Promise<void> {
    const { head, key } = write;
    let receipt: Receipt;
    try {
      const parsed = parseAppendBody(body, this.config.maxMessageBytes);
      const message = { payload: parsed.payload, key: chooseKey(key, parsed.key) };
      receipt = await this.terms.require().writes.appends.append(message, head);
    } catch (error) {
      this.refuse(write, error);
      return;
    }
    this.answer(write, receipt, this.text.of(receipt));
  }

  private answer(write: Write, receipt: Receipt | BatchReceipt, body: string): void {
    const { status, location } = receiptHead(receipt, write.head.concern);
    this.send(write, status, location === null ? JSON_ANSWER : ['location', location, ...JSON_ANSWER], body);
  }

  private refuse(write: Write, thrown: unknown, more: OutgoingHttpHeaders = {}): void {
    if (thrown instanceof CorruptRecordError) this.damage.report(thrown, 'by a request');
    const { requestId } = write;
    const request = { requestId, method: METHOD, url: write.head.url, isUnrouted: false, allowedMethods: [] };
    const { status, headers, body } = problemFor(thrown, request, this.logger).answer;
    const all = { ...more, ...headers, 'content-type': `${MEDIA.problem}; charset=utf-8` };
    const flat = Object.entries(all).flatMap(([name, value]) => [name, String(value)]);
    this.send(write, status, flat, body);
  }

  private send(write: Write, status: number, headers: readonly string[], body: string): void {
    const { head, answer, requestId, startedMs } = write;
    const length = String(Buffer.byteLength(body));
    const identity = [HEADERS.requestId, requestId, HEADERS.node, this.config.nodeId];
    answer.send(status, [...identity, ...headers, 'content-length', length], body);
    const { route, url } = head;
    const ms = this.clock.nowMs() - startedMs;
    observeAnswer({ requestId, method: METHOD, route, url, status, ms }, this.observers);
  }
}

function answerOn(response: ServerResponse): EarlyAnswer {
  return { send: (status, headers, body) => void response.writeHead(status, headers as string[]).end(body) };
}
