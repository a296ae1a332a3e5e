import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiExtension, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { SERVICE_ROUTES } from '@replog/contracts/http.js';
import type { RegisterAnswer } from '@replog/contracts/http.js';
import { LeaveDto, RegisterAnswerDto, RegisterDto } from './register.dto.js';
import { registeredUrl } from '@replog/cluster/peers/registered-url.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { foreignToken } from '@replog/http/security/foreign-token.js';
import { MASTER_ONLY_EXTENSION } from '@replog/http/security/master-only.decorator.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { RegistryService } from './registry.service.js';

@ApiTags('between nodes')
@OpenTo('service')
@Controller()
export class RegistryController {
  constructor(private readonly registry: RegistryService) {}

  @Post(SERVICE_ROUTES.register)
  @HttpCode(200)
  @ApiExtension(MASTER_ONLY_EXTENSION, true)
  @ApiOperation({ summary: 'A secondary registers' })
  @ApiOkResponse({ type: RegisterAnswerDto })
  @Answers(
    'INVALID_BODY',
    'FOREIGN_CLUSTER',
    'STALE_EPOCH',
    'EPOCH_UNKNOWN',
    'NODE_ID_TAKEN',
    'NODE_RESTORED',
    'NODE_REMOVED',
    'CHANGE_IN_PROGRESS',
    'TOO_MANY_SECONDARIES',
    'ADDRESS_UNREACHABLE',
    'NOT_MASTER',
    'NO_MASTER',
  )
  async register(@Body() body: RegisterDto, @Req() request: FastifyRequest): Promise<RegisterAnswer> {
    if (request.serviceNode !== body.nodeId) throw foreignToken(request.serviceNode, body.nodeId);
    return this.registry.register(body, registeredUrl(body, request.ip));
  }

  @Post(SERVICE_ROUTES.leave)
  @HttpCode(204)
  @ApiExtension(MASTER_ONLY_EXTENSION, true)
  @ApiOperation({ summary: 'A secondary that stops leaves the membership; it may join again with its data' })
  @ApiNoContentResponse({ description: 'It is out, and that is committed' })
  @Answers(
    'INVALID_BODY',
    'FOREIGN_CLUSTER',
    'WOULD_LOSE_MAJORITY',
    'CHANGE_IN_PROGRESS',
    'NOT_MASTER',
    'NO_MASTER',
    'NO_QUORUM',
  )
  async leave(@Body() body: LeaveDto, @Req() request: FastifyRequest): Promise<void> {
    if (request.serviceNode !== body.nodeId) throw foreignToken(request.serviceNode, body.nodeId);
    await this.registry.leave(body);
  }
}
