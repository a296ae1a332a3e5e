import { Controller, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendAnswer } from '@replog/http/fast-path/send-answer.js';
import { Parameters } from '@replog/http/requests/parameters.decorator.js';
import type { RawReadQuery } from '@replog/http/requests/parameters.js';
import { callerOf } from '@replog/http/server/caller.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { ApiAppend } from './append.docs.js';
import { WRITE_PARAMETERS } from './write-head.js';
import { WriteService } from './write.service.js';

/** Appends that the fast path leaves to the router, such as a path with percent escapes. */
@ApiTags('messages')
@OpenTo('client')
@Parameters(...WRITE_PARAMETERS)
@Controller('messages')
export class AppendController {
  constructor(private readonly writes: WriteService) {}

  @Post()
  @ApiAppend('Appends a message, or a batch, with the DEFAULT_WRITE_CONCERN')
  append(@Query() query: RawReadQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(undefined, query, request, reply);
  }

  @Post(':wc')
  @ApiAppend('Appends a message, or a batch, and waits for its write concern')
  @ApiParam({ name: 'wc', description: 'Secondaries that have to acknowledge: a number, `majority` or `all`' })
  appendWithConcern(
    @Param('wc') wc: string,
    @Query() query: RawReadQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answer(wc, query, request, reply);
  }

  private async answer(
    wc: string | undefined,
    query: RawReadQuery,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const { raw, id: requestId } = request;
    const answer = await this.writes.answer({ wc, query }, raw, raw, { requestId, caller: callerOf(raw.socket) });
    if (answer !== null) sendAnswer(reply, answer);
  }
}
