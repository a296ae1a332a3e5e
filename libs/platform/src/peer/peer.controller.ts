import { Body, Controller, Get, HttpCode, Inject, ParseIntPipe, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MEDIA, ReplogError, SERVICE_ROUTES } from '@replog/contracts';
import type { LogPosition, NodeStatus, PromiseAnswer } from '@replog/contracts';
import { OpenTo } from '../security/open-to.decorator.js';
import { Answers } from '../swagger/answers.decorator.js';
import { PeerService } from './peer-service.js';
import { PingDto, PromiseDto } from './peer.dto.js';

/** What nodes ask each other, on every role. */
@ApiTags('between nodes')
@OpenTo('service')
@Controller()
export class PeerController {
  constructor(@Inject(PeerService) private readonly peer: PeerService) {}

  @Get(SERVICE_ROUTES.status)
  @ApiOperation({ summary: 'How this node stands' })
  status(): NodeStatus {
    return this.peer.status();
  }

  @Post(SERVICE_ROUTES.ping)
  @HttpCode(200)
  @ApiOperation({ summary: 'A master says that it lives, and hears how this node stands' })
  @Answers('INVALID_BODY', 'FOREIGN_CLUSTER')
  ping(@Body() body: PingDto, @Req() request: FastifyRequest): NodeStatus {
    if (request.serviceNode !== body.master.nodeId) throw foreignToken(request.serviceNode, body.master.nodeId);
    return this.peer.ping(body);
  }

  @Post(SERVICE_ROUTES.promise)
  @HttpCode(200)
  @ApiOperation({ summary: 'A candidate asks for the promise of an epoch' })
  @Answers('INVALID_BODY')
  async promise(@Body() body: PromiseDto, @Req() request: FastifyRequest): Promise<PromiseAnswer> {
    if (request.serviceNode !== body.candidate) throw foreignToken(request.serviceNode, body.candidate);
    return this.peer.promise(body);
  }

  @Get(SERVICE_ROUTES.position)
  @ApiOperation({ summary: 'The chain at an index of this log' })
  async position(@Query('index', ParseIntPipe) index: number): Promise<{ position: LogPosition | null }> {
    return { position: await this.peer.position(index) };
  }

  @Get(SERVICE_ROUTES.records)
  @ApiOperation({ summary: 'Durable records of this log, verbatim' })
  async records(@Query('from', ParseIntPipe) from: number, @Res() reply: FastifyReply): Promise<void> {
    const block = await this.peer.records(Math.max(1, from));
    void reply.type(MEDIA.bytes).send(block);
  }
}

/** A token speaks for the node that made it and for no other. */
export function foreignToken(tokenOf: string | undefined, named: string): ReplogError {
  return new ReplogError('FORBIDDEN', `The token was made by ${tokenOf ?? 'nobody'} and does not speak for ${named}.`);
}
