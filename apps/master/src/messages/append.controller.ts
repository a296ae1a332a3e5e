import { Readable } from 'node:stream';
import { Body, Controller, Headers, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HEADERS, MEDIA, ReplogError } from '@replog/contracts';
import type { BatchReceipt, Receipt } from '@replog/contracts';
import { Answers, BatchReceiptDto, NODE_CONFIG, OpenTo, ReceiptDto, negotiate } from '@replog/platform';
import type { NodeConfig } from '@replog/platform';
import { AppendService } from './append.service.js';
import type { WriteOptions } from './append.service.js';
import { LiveReceipts } from './live-receipt.js';
import type { LiveEvent } from './live-receipt.js';
import { parseAppendBody } from './parsing/parse-append-body.js';
import { parseBatch } from './parsing/parse-batch.js';
import { chooseKey, headerValues, parseIdempotencyKey } from './parsing/parse-idempotency-key.js';
import { parseTimeout, parseWriteConcern } from './parsing/parse-write-concern.js';
import { sendReceipt } from './send-receipt.js';

const APPEND_ERRORS = [
  'INVALID_BODY',
  'INVALID_LINE',
  'INVALID_PARAMETER',
  'INVALID_WRITE_CONCERN',
  'INVALID_IDEMPOTENCY_KEY',
  'MESSAGE_TOO_LARGE',
  'BATCH_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'NOT_ACCEPTABLE',
  'KEY_REUSED',
  'NO_QUORUM',
  'OVERLOADED',
  'SHUTTING_DOWN',
  'STORAGE_FULL',
  'NOT_MASTER',
  'NO_MASTER',
] as const;

@ApiTags('messages')
@OpenTo('client')
@Controller('messages')
export class AppendController {
  constructor(
    @Inject(AppendService) private readonly appends: AppendService,
    @Inject(LiveReceipts) private readonly live: LiveReceipts,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
  ) {}

  @Post(['', ':wc'])
  @ApiOperation({
    summary: 'Appends a message, or a batch, and waits for its write concern',
    description:
      'One message as `{"message": …}`, or with `application/x-ndjson` one such object a line, appended in order, all ' +
      'or none. Without `{wc}` the DEFAULT_WRITE_CONCERN counts. With `Accept: text/event-stream` the ' +
      'acknowledgements are told as they come: `appended`, `ack` per secondary, `satisfied` or `pending`.',
  })
  @ApiParam({
    name: 'wc',
    required: false,
    description: 'Secondaries that have to acknowledge: a number, `majority` or `all`',
  })
  @ApiQuery({
    name: 'timeout',
    required: false,
    description: 'Milliseconds to wait, then 202',
    schema: { type: 'integer' },
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: '1 to 255 printable characters: repeat safely' })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['message'],
      properties: { message: {}, key: { type: 'string' } },
      example: { message: 'hello' },
    },
  })
  @ApiCreatedResponse({ type: ReceiptDto, description: 'Satisfied' })
  @ApiOkResponse({ type: ReceiptDto, description: 'Satisfied; it was there before, under the same idempotency key' })
  @ApiResponse({
    status: 202,
    description: 'Pending: durable on the master, and going on; Location is where the wait can be resumed',
    content: {
      [MEDIA.json]: {
        schema: { oneOf: [{ $ref: getSchemaPath(ReceiptDto) }, { $ref: getSchemaPath(BatchReceiptDto) }] },
      },
    },
  })
  @Answers(...APPEND_ERRORS)
  async append(
    @Body() body: Buffer | Readable | undefined,
    @Param('wc') wc: string | undefined,
    @Query('timeout') timeout: string | string[] | undefined,
    @Headers('accept') accept: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const isLive = negotiate(accept, [MEDIA.json, MEDIA.eventStream]) === MEDIA.eventStream;
    const options = this.optionsOf(wc, timeout);
    const key = parseIdempotencyKey(headerValues(request.raw.rawHeaders, HEADERS.idempotencyKey));
    if (body instanceof Readable) await this.appendBatch(body, key, options, isLive, reply);
    else await this.appendOne(body, key, options, isLive, reply);
  }

  private optionsOf(wc: string | undefined, timeout: string | string[] | undefined): WriteOptions {
    const { defaultWriteConcern, maxSecondaries, writeConcernTimeoutMs } = this.config;
    const concern = wc === undefined ? defaultWriteConcern : parseWriteConcern(wc, maxSecondaries);
    return { concern, timeoutMs: parseTimeout(timeout, writeConcernTimeoutMs) };
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
    if (!isLive) return sendReceipt(reply, await this.appends.append(message, options), options.concern);
    const placed = await this.appends.place(message, options.concern);
    const { seq, index, epoch } = placed.subject;
    const receipt = this.appends.settle(placed, options);
    this.tell(reply, { seq, index, epoch, duplicate: placed.isDuplicate }, index, receipt);
  }

  private async appendBatch(
    body: Readable,
    headerKey: string | null,
    options: WriteOptions,
    isLive: boolean,
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
    const { maxMessageBytes, maxInflightBytes, segmentBytes } = this.config;
    const maxBatchBytes = Math.min(maxInflightBytes, segmentBytes);
    const lines = await parseBatch(body, { maxMessageBytes, maxBatchBytes }).catch((error: unknown) => {
      // The rest of the body was not read: this connection cannot carry another request.
      if (error instanceof ReplogError && error.code === 'BATCH_TOO_LARGE') reply.header('connection', 'close');
      throw error;
    });
    if (!isLive) return sendReceipt(reply, await this.appends.appendBatch(lines, options), options.concern);
    const placed = await this.appends.placeBatch(lines, options.concern);
    const subjects = placed.lines.map((line) => line.subject);
    const last = subjects.reduce((high, subject) => (subject.index > high.index ? subject : high));
    const appended = { lastSeq: last.seq, lastIndex: last.index, epoch: last.epoch, count: placed.lines.length };
    this.tell(reply, appended, last.index, this.appends.settleBatch(placed, options));
  }

  private tell(reply: FastifyReply, appended: object, index: number, receipt: Promise<Receipt | BatchReceipt>): void {
    const events = this.live.tell(appended, index, receipt);
    void reply
      .type(`${MEDIA.eventStream}; charset=utf-8`)
      .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      .send(Readable.from(formatted(events), { objectMode: false }));
  }
}

async function* formatted(events: AsyncIterable<LiveEvent>): AsyncGenerator<string, void, undefined> {
  for await (const { event, data } of events) yield `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
