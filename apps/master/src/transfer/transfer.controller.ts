import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { SERVICE_ROUTES } from '@replog/contracts/http.js';
import type { HandoverAnswer } from '@replog/contracts/http.js';
import { HandoverAnswerDto, HandoverRequestDto } from './transfer.dto.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { foreignToken } from '@replog/http/security/foreign-token.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { HandoverService } from './transfer.service.js';

@ApiTags('between nodes')
@OpenTo('service')
@Controller()
export class HandoverController {
  constructor(@Inject(HandoverService) private readonly handovers: HandoverService) {}

  @Post(SERVICE_ROUTES.handover)
  @HttpCode(200)
  @ApiOperation({ summary: 'A candidate asks the living master to give up office in its favour' })
  @ApiOkResponse({ type: HandoverAnswerDto })
  @Answers('INVALID_BODY', 'FOREIGN_CLUSTER', 'HANDOVER_REFUSED')
  async handOver(@Body() body: HandoverRequestDto, @Req() request: FastifyRequest): Promise<HandoverAnswer> {
    if (request.serviceNode !== body.candidate) throw foreignToken(request.serviceNode, body.candidate);
    return this.handovers.handOver(body);
  }
}
