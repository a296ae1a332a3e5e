import { Readable } from 'node:stream';
import { Controller, Get, Headers, Param, Query, Req, Res } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { HEADERS, MEDIA } from '@replog/contracts/http.js';
import { MAX_READ_LIMIT } from '@replog/contracts/limits.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { TakesTailToken } from '@replog/http/security/takes-tail-token.decorator.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { EPOCH_QUERY } from '@replog/http/openapi/epoch-query.js';
import { MessageDto, MessageListDto } from './message.dto.js';
import { READ_BLOCK_BYTES } from '@replog/cluster/reads/log-cursor.js';
import { MessageReader } from '@replog/cluster/reads/message-reader.js';
import { OpenReads } from './open-reads.js';
import { negotiate } from '@replog/http/requests/negotiate.js';
import { parseReadQuery } from './parse-read-query.js';
import { READ_CONCERNS } from '@replog/cluster/reads/read-query.js';
import { Parameters } from '@replog/http/requests/parameters.decorator.js';
import { parseEpoch, parseSeq } from '@replog/http/requests/parameters.js';
import type { ReadQuery } from '@replog/cluster/reads/read-query.js';
import type { RawReadQuery, RawValue } from '@replog/http/requests/parameters.js';

/** Proxies must not cache or buffer an event stream. */
const TAIL_HEADERS = { 'cache-control': 'no-store', 'x-accel-buffering': 'no' };

@ApiTags('messages')
@ApiExtraModels(MessageDto, MessageListDto)
@OpenTo('client')
@Controller('messages')
export class MessagesReadController {
  constructor(
    private readonly reader: MessageReader,
    private readonly openReads: OpenReads,
  ) {}

  @Get()
  @TakesTailToken()
  @Parameters('after', 'limit', 'concern', 'token')
  @ApiOperation({
    summary: 'Messages in order',
    description:
      'Always streamed. `Accept` chooses JSON, NDJSON (one message per line) or an event stream: a live tail that ' +
      'continues with new messages and resumes after `Last-Event-ID`; its event ids are places. Under heavy ' +
      'writes it sends the new messages every 10 ms. If a change of master cuts what it has sent, its last event is ' +
      '`history-changed`.',
  })
  @ApiQuery({
    name: 'after',
    required: false,
    description: 'Only messages after this one: a place such as `42@3` (seq and epoch), or a seq alone',
    schema: { type: 'string', example: '42@3', default: '0' },
  })
  @ApiQuery({
    name: 'limit',
    required: false,
    description: 'Maximum number of messages; without it, all messages',
    schema: { type: 'integer', minimum: 1, maximum: MAX_READ_LIMIT },
  })
  @ApiQuery({
    name: 'concern',
    required: false,
    description:
      '`local`: messages durable on this node. `majority`: committed messages. `linearizable` (from the master, no live tail): ' +
      'every message acknowledged by a majority before the read began.',
    schema: { type: 'string', enum: [...READ_CONCERNS], default: 'local' },
  })
  @ApiQuery({
    name: 'token',
    required: false,
    description: 'For a live tail: a token of `POST /tail-tokens` in place of a key',
    schema: { type: 'string' },
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'For a live tail: takes precedence over `after`' })
  @ApiOkResponse({
    description: 'The messages after `after`',
    content: {
      [MEDIA.json]: { schema: { $ref: getSchemaPath(MessageListDto) } },
      [MEDIA.ndjson]: { schema: { $ref: getSchemaPath(MessageDto) } },
      [MEDIA.eventStream]: { schema: { type: 'string', example: 'id: 42@3\nevent: message\ndata: {"seq":42, …}\n\n' } },
    },
  })
  @Answers('INVALID_PARAMETER', 'NOT_ACCEPTABLE', 'HISTORY_CHANGED', 'NO_MASTER', 'NO_QUORUM', 'CORRUPT_RECORD')
  async list(
    @Query() raw: RawReadQuery,
    @Headers(HEADERS.lastEventId) lastEventId: RawValue,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send(parseReadQuery(raw, { accept: request.headers.accept, lastEventId }), reply);
  }

  @Get(':seq')
  @ApiOperation({ summary: 'One message, if durable on this node' })
  @ApiParam({ name: 'seq', schema: { type: 'integer', minimum: 1 } })
  @Parameters('epoch')
  @ApiQuery(EPOCH_QUERY)
  @ApiOkResponse({ type: MessageDto })
  @Answers('INVALID_PARAMETER', 'NOT_FOUND', 'NOT_ACCEPTABLE', 'HISTORY_CHANGED', 'CORRUPT_RECORD')
  async one(
    @Param('seq') seq: string,
    @Query() query: RawReadQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const type = negotiate(request.headers.accept, [MEDIA.json]);
    const message = await this.reader.message({ seq: parseSeq(seq), epoch: parseEpoch(query['epoch']) });
    void reply.type(`${type}; charset=utf-8`).send(message);
  }

  /** Reads the first piece before it sends anything, so that an early fault gets a problem document. */
  private async send(query: ReadQuery, reply: FastifyReply): Promise<void> {
    const isTail = query.format === MEDIA.eventStream;
    const signal = this.openReads.signalFor(reply.raw, isTail);
    const pieces = this.reader.read(query, signal);
    signal.addEventListener('abort', () => void pieces.return());
    const first = await pieces.next();
    const stream = Readable.from(startingWith(first, pieces), { objectMode: false, highWaterMark: READ_BLOCK_BYTES });
    if (isTail) reply.headers(TAIL_HEADERS);
    void reply
      .type(`${query.format}; charset=utf-8`)
      .header('vary', [reply.getHeader('vary'), 'Accept'].flat().filter(Boolean).join(', '))
      .send(stream);
  }
}

async function* startingWith(
  first: IteratorResult<Buffer, void>,
  rest: AsyncGenerator<Buffer, void, undefined>,
): AsyncGenerator<Buffer, void, undefined> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}
