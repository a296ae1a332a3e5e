import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req, applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { SERVICE_ROUTES } from '@replog/contracts/http.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { notMaster } from '@replog/cluster/node/not-master.js';
import { registeredUrl } from '@replog/cluster/peers/registered-url.js';
import { refuseForeign } from '@replog/core/membership/refuse-foreign.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { foreignToken } from '@replog/http/security/foreign-token.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { RegisterDto } from '@replog/master/registry/register.dto.js';
import { TransferRequestDto } from '@replog/master/transfer/transfer.dto.js';
import type { Scope } from '@replog/http/security/open-to.decorator.js';

/** A route of the master, with the key that opens it there. */
function AtTheMaster(summary: string, scope: Scope = 'client'): MethodDecorator {
  return applyDecorators(
    OpenTo(scope) as MethodDecorator,
    ApiOperation({ summary, description: 'Only the master answers this; here it is 307 to the same path there.' }),
    Answers('NOT_MASTER', 'NO_MASTER'),
  );
}

/** The routes that only a master can answer: 307 to it where it is known. Same keys as there. */
@ApiTags('master only')
@Controller()
export class MasterOnlyController {
  constructor(@Inject(LocalNode) private readonly node: LocalNode) {}

  @Post('messages')
  @AtTheMaster('Appends with the default write concern')
  append(): never {
    throw notMaster(this.node.master);
  }

  @Post('messages/:wc')
  @AtTheMaster('Appends and waits for its write concern')
  @ApiParam({ name: 'wc' })
  appendWithConcern(): never {
    throw notMaster(this.node.master);
  }

  @Get('messages/:seq/receipt')
  @AtTheMaster('The receipt of a message')
  @ApiParam({ name: 'seq' })
  receiptOfSeq(): never {
    throw notMaster(this.node.master);
  }

  @Get('receipts/:key')
  @AtTheMaster('The receipt by idempotency key')
  @ApiParam({ name: 'key' })
  receiptOfKey(): never {
    throw notMaster(this.node.master);
  }

  @Get('write-concern/:wc')
  @AtTheMaster('Can this concern be met now')
  @ApiParam({ name: 'wc' })
  writeConcern(): never {
    throw notMaster(this.node.master);
  }

  @Get('secondaries')
  @AtTheMaster('Every secondary')
  secondaries(): never {
    throw notMaster(this.node.master);
  }

  @Delete('secondaries/:nodeId')
  @AtTheMaster('Takes a member out for good', 'admin')
  @ApiParam({ name: 'nodeId' })
  remove(): never {
    throw notMaster(this.node.master);
  }

  @Post(SERVICE_ROUTES.transfer)
  @HttpCode(200)
  @AtTheMaster('A candidate asks the living master to give up office', 'service')
  @Answers('INVALID_BODY', 'FOREIGN_CLUSTER')
  transfer(@Body() body: TransferRequestDto, @Req() request: FastifyRequest): never {
    if (request.serviceNode !== body.candidate) throw foreignToken(request.serviceNode, body.candidate);
    refuseForeign(this.node, body.clusterId, body.candidate);
    throw notMaster(this.node.master);
  }

  /** A candidate learns the addresses of those that look for a master, and asks them for their promise there. */
  @Post(SERVICE_ROUTES.register)
  @HttpCode(200)
  @AtTheMaster('A secondary makes itself known', 'service')
  @Answers('INVALID_BODY', 'FOREIGN_CLUSTER')
  register(@Body() body: RegisterDto, @Req() request: FastifyRequest): never {
    if (request.serviceNode !== body.nodeId) throw foreignToken(request.serviceNode, body.nodeId);
    refuseForeign(this.node, body.clusterId, body.nodeId);
    if (body.clusterId === this.node.clusterId) this.node.noteAddress(body.nodeId, registeredUrl(body, request.ip));
    throw notMaster(this.node.master);
  }
}
