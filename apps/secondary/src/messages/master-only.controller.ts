import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiExcludeController, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { SERVICE_ROUTES } from '@replog/contracts';
import { LocalNode, OpenTo, RegisterDto, foreignToken, notMaster, registeredUrl } from '@replog/platform';

/** The routes that only a master can answer: 307 to it where it is known. Same keys as there. */
@ApiTags('master only')
@ApiExcludeController()
@OpenTo('client')
@Controller()
export class MasterOnlyController {
  constructor(@Inject(LocalNode) private readonly node: LocalNode) {}

  @Post(['messages', 'messages/:wc'])
  append(): never {
    throw notMaster(this.node.master);
  }

  @Get(['messages/:seq/receipt', 'receipts/:key', 'write-concern/:wc', 'secondaries'])
  read(): never {
    throw notMaster(this.node.master);
  }

  @Delete('secondaries/:nodeId')
  @OpenTo('admin')
  remove(): never {
    throw notMaster(this.node.master);
  }

  /** A candidate learns the addresses of those that look for a master, and asks them for their promise there. */
  @Post(SERVICE_ROUTES.register)
  @OpenTo('service')
  @HttpCode(200)
  register(@Body() body: RegisterDto, @Req() request: FastifyRequest): never {
    if (request.serviceNode !== body.nodeId) throw foreignToken(request.serviceNode, body.nodeId);
    if (body.clusterId === this.node.clusterId) this.node.noteAddress(body.nodeId, registeredUrl(body, request.ip));
    throw notMaster(this.node.master);
  }
}
