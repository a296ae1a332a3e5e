import { Readable } from 'node:stream';
import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReplogError } from '@replog/contracts/errors.js';
import { HEADERS, MEDIA } from '@replog/contracts/http.js';
import type { BatchReceipt, Receipt, WriteConcern } from '@replog/contracts/views.js';
import { negotiate } from '@replog/http/requests/negotiate.js';
import { refuseUnknownParameters } from '@replog/http/requests/parameters.js';
import { MasterOnly } from '@replog/http/security/master-only.decorator.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';
import type { RawReadQuery } from '@replog/http/requests/parameters.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { MasterTerms } from '../term/master-terms.js';
import type { MasterTerm } from '../term/master-term.js';
import { ApiAppend } from './append.docs.js';
import type { WriteOptions } from './append.service.js';
import { InflightBodies } from './inflight-bodies.js';
import type { LiveEvent } from './live-receipt.js';
import { parseAppendBody } from './parsing/parse-append-body.js';
import type { Batch } from './parsing/batch.js';
import { checkBatchLength, maxBatchBytesOf, parseBatch } from './parsing/parse-batch.js';
import { chooseKey, headerValues, parseIdempotencyKey } from './parsing/parse-idempotency-key.js';
import { parseTimeout, parseWriteConcern } from './parsing/parse-write-concern.js';
import { sendReceipt } from './send-receipt.js';

/** JSON comes as its bytes, a batch as its stream. */
type RawBody = Buffer | Readable | undefined;

@ApiTags('messages')
@MasterOnly()
@OpenTo('client')
@Controller('messages')
export class AppendController {
  constructor(
    private readonly terms: MasterTerms,
    private readonly bodies: InflightBodies,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
  ) {}

  @Post()
  @ApiAppend('Appends a message, or a batch, with the DEFAULT_WRITE_CONCERN')
  async append(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.take(this.config.defaultWriteConcern, request, reply);
  }

  @Post(':wc')
  @ApiAppend('Appends a message, or a batch, and waits for its write concern')
  @ApiParam({ name: 'wc', description: 'Secondaries that have to acknowledge: a number, `majority` or `all`' })
  async appendWithConcern(
    @Param('wc') wc: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.take(parseWriteConcern(wc, this.config.maxSecondaries), request, reply);
  }

  private async take(concern: WriteConcern, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const body = request.body as RawBody;
    const isLive = negotiate(request.headers.accept, [MEDIA.json, MEDIA.eventStream]) === MEDIA.eventStream;
    const query = request.query as RawReadQuery;
    refuseUnknownParameters(query, ['timeout']);
    const options = { concern, timeoutMs: parseTimeout(query['timeout'], this.config.writeConcernTimeoutMs) };
    const key = parseIdempotencyKey(headerValues(request.raw.rawHeaders, HEADERS.idempotencyKey));
    if (body instanceof Readable) await this.appendBatch(body, key, options, isLive, request, reply);
    else await this.appendOne(body, key, options, isLive, reply);
  }

  private async appendOne(
    body: Buffer | undefined,
    headerKey: string | null,
    options: WriteOptions,
    isLive: boolean,
    reply: FastifyReply,
  ): Promise<void> {
    const parsed = parseAppendBody(body, this.config.maxMessageBytes);
    const message = { payload: parsed.payload, key: chooseKey(headerKey, parsed.key) };
    const { writes } = this.terms.require();
    const { appends } = writes;
    if (!isLive) return sendReceipt(reply, await appends.append(message, options), options.concern);
    const placed = await appends.place(message, options.concern);
    const { seq, index, epoch } = placed.subject;
    const receipt = appends.settle(placed, options);
    this.tell(writes, reply, { seq, index, epoch, duplicate: placed.isDuplicate }, index, receipt);
  }

  private async appendBatch(
    body: Readable,
    headerKey: string | null,
    options: WriteOptions,
    isLive: boolean,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    if (headerKey !== null) {
      throw new ReplogError(
        'INVALID_IDEMPOTENCY_KEY',
        'A batch takes its keys per line, as "key", and not in the header Idempotency-Key.',
        {
          extra: { field: 'Idempotency-Key' },
        },
      );
    }
    const { maxMessageBytes } = this.config;
    const maxBatchBytes = maxBatchBytesOf(this.config);
    checkBatchLength(request.headers['content-length'], maxBatchBytes);
    const read = (chunks: AsyncIterable<Buffer>): Promise<Batch> =>
      parseBatch(chunks, { maxMessageBytes, maxBatchBytes });
    const batch = await this.bodies.holding(body, read).catch((error: unknown) => {
      // The rest of the body may not have been read: then this connection cannot carry another request.
      if (!body.readableEnded) reply.header('connection', 'close');
      throw error;
    });
    const { writes } = this.terms.require();
    const { appends } = writes;
    if (!isLive) return sendReceipt(reply, await appends.appendBatch(batch, options), options.concern);
    const placed = await appends.placeBatch(batch, options.concern);
    const { last } = placed;
    const { count } = batch.drafts;
    const appended = { lastSeq: last.seq, lastIndex: last.index, epoch: last.epoch, count };
    this.tell(writes, reply, appended, last.index, appends.settleBatch(placed, options));
  }

  private tell(
    { live }: MasterTerm['writes'],
    reply: FastifyReply,
    appended: object,
    index: number,
    receipt: Promise<Receipt | BatchReceipt>,
  ): void {
    const events = live.tell(appended, index, receipt);
    // Begun before the outcome is known, which the last event tells: never 201.
    void reply
      .code(200)
      .type(`${MEDIA.eventStream}; charset=utf-8`)
      .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      .send(Readable.from(formatted(events), { objectMode: false }));
  }
}

async function* formatted(events: AsyncIterable<LiveEvent>): AsyncGenerator<string, void, undefined> {
  for await (const { event, data } of events) yield `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
