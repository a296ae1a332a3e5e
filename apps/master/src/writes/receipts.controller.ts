import { Controller, Get, Inject, Param, Query, Req, Res, applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Receipt, WriteConcern } from '@replog/contracts/views.js';
import { ReceiptDto } from './receipt.dto.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { EPOCH_QUERY } from '@replog/http/openapi/epoch-query.js';
import { sendAnswer } from '@replog/http/fast-path/send-answer.js';
import { Parameters } from '@replog/http/requests/parameters.decorator.js';
import { parseEpoch, parseSeq } from '@replog/http/requests/parameters.js';
import { MasterOnly } from '@replog/http/security/master-only.decorator.js';
import { callerOf } from '@replog/http/server/caller.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';
import type { RawReadQuery } from '@replog/http/requests/parameters.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { MasterTerms } from '../term/master-terms.js';
import { parseIdempotencyKey } from './parsing/parse-idempotency-key.js';
import { parseTimeout, parseWriteConcern } from './parsing/parse-write-concern.js';
import { receiptAnswer } from './receipt-answer.js';

function ApiReceipt(): MethodDecorator {
  return applyDecorators(
    ApiOkResponse({ type: ReceiptDto, description: 'Satisfied' }),
    ApiResponse({
      status: 202,
      type: ReceiptDto,
      description: 'Not met yet; Location is where to resume the wait',
    }),
  );
}

/** The outcome of a write. A wait that ended by a timeout or a lost connection is resumed here. */
@ApiTags('receipts')
@MasterOnly()
@OpenTo('client')
@Parameters('wc', 'timeout')
@ApiQuery({ name: 'wc', required: false, description: 'Wait for this concern; without it the receipt comes at once' })
@ApiQuery({ name: 'timeout', required: false, description: 'Milliseconds to wait', schema: { type: 'integer' } })
@Answers(
  'INVALID_WRITE_CONCERN',
  'INVALID_PARAMETER',
  'INVALID_IDEMPOTENCY_KEY',
  'NOT_FOUND',
  'CORRUPT_RECORD',
  'OVERLOADED',
  'NO_MASTER',
)
@Controller()
export class ReceiptsController {
  constructor(
    private readonly terms: MasterTerms,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
  ) {}

  @Get('messages/:seq/receipt')
  @ApiOperation({ summary: 'The receipt of a message' })
  @ApiReceipt()
  @Answers('HISTORY_CHANGED')
  @Parameters('wc', 'timeout', 'epoch')
  @ApiQuery(EPOCH_QUERY)
  @ApiParam({ name: 'seq', schema: { type: 'integer', minimum: 1 } })
  async ofPlace(
    @Param('seq') seq: string,
    @Query() query: RawReadQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = { seq: parseSeq(seq), epoch: parseEpoch(query['epoch']) };
    await this.answer(query, reply, (concern, timeoutMs) =>
      this.terms.require().writes.receipts.ofPlace(place, concern, timeoutMs, callerOf(request.raw.socket)),
    );
  }

  @Get('receipts/:key')
  @ApiOperation({ summary: 'The receipt of the message stored under an idempotency key' })
  @ApiReceipt()
  async ofKey(
    @Param('key') key: string,
    @Query() query: RawReadQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const checked = parseIdempotencyKey(key) as string;
    await this.answer(query, reply, (concern, timeoutMs) =>
      this.terms.require().writes.receipts.ofKey(checked, concern, timeoutMs, callerOf(request.raw.socket)),
    );
  }

  private async answer(
    query: RawReadQuery,
    reply: FastifyReply,
    find: (concern: WriteConcern, timeoutMs: number) => Promise<Receipt>,
  ): Promise<void> {
    const { wc, timeout } = query;
    const { defaultWriteConcern, maxSecondaries, writeConcernTimeoutMs } = this.config;
    const concern = wc === undefined ? defaultWriteConcern : parseWriteConcern(String(wc), maxSecondaries);
    const timeoutMs = parseTimeout(timeout, wc === undefined ? 0 : writeConcernTimeoutMs);
    const receipt = await find(concern, timeoutMs);
    sendAnswer(reply, receiptAnswer({ receipt, concern, text: JSON.stringify(receipt), status: 200 }));
  }
}
