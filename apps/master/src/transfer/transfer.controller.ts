import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiExtension, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { SERVICE_ROUTES } from '@replog/contracts/http.js';
import type { TransferAnswer } from '@replog/contracts/http.js';
import { TransferAnswerDto, TransferRequestDto } from './transfer.dto.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { refuseForeign } from '@replog/core/membership/refuse-foreign.js';
import { foreignToken } from '@replog/http/security/foreign-token.js';
import { MASTER_ONLY_EXTENSION } from '@replog/http/security/master-only.decorator.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { MasterTerms } from '../term/master-terms.js';

@ApiTags('between nodes')
@OpenTo('service')
@Controller()
export class TransferController {
  constructor(
    private readonly node: LocalNode,
    private readonly terms: MasterTerms,
  ) {}

  @Post(SERVICE_ROUTES.transfer)
  @HttpCode(200)
  @ApiExtension(MASTER_ONLY_EXTENSION, true)
  @ApiOperation({ summary: 'A candidate asks the living master to transfer its term' })
  @ApiOkResponse({ type: TransferAnswerDto })
  @Answers('INVALID_BODY', 'FOREIGN_CLUSTER', 'TRANSFER_REFUSED', 'NOT_MASTER', 'NO_MASTER')
  async transfer(@Body() body: TransferRequestDto, @Req() request: FastifyRequest): Promise<TransferAnswer> {
    if (request.serviceNode !== body.candidate) throw foreignToken(request.serviceNode, body.candidate);
    refuseForeign(this.node, body.clusterId, body.candidate);
    return this.terms.require().transfer.transfer(body);
  }
}
