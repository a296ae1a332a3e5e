import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MEDIA, SERVICE_ROUTES } from '@replog/contracts/http.js';
import type { NodeStatus, VoteAnswer } from '@replog/contracts/http.js';
import type { LogPosition } from '@replog/contracts/record.js';
import { requiredNumber } from '@replog/http/requests/parameters.js';
import type { RawValue } from '@replog/http/requests/parameters.js';
import { foreignToken } from '@replog/http/security/foreign-token.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { NodeStatusDto, PositionAnswerDto, VoteAnswerDto } from './peer-answers.dto.js';
import { NODE_PARTS } from '@replog/cluster/node/node-parts.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import { answerClaim } from '@replog/cluster/peers/answer-claim.js';
import { PeerService } from '@replog/cluster/peers/peer.service.js';
import { takeOver } from '@replog/cluster/peers/take-over.js';
import { registeredUrl } from '@replog/cluster/peers/registered-url.js';
import { ClaimDto, PingDto, TakeOverDto, VoteDto } from './peer.dto.js';
import { refusedVote } from '@replog/cluster/votes/refused-vote.js';

/** Requests between nodes, the same in every role. */
@ApiTags('between nodes')
@OpenTo('service')
@Controller()
export class PeerController {
  constructor(
    private readonly peer: PeerService,
    @Inject(NODE_PARTS) private readonly parts: NodeParts,
  ) {}

  @Get(SERVICE_ROUTES.status)
  @ApiOperation({ summary: 'Status of this node' })
  @ApiOkResponse({ type: NodeStatusDto })
  @Answers('FOREIGN_CLUSTER')
  status(@Req() { serviceNode: nodeId, serviceBoot: bootId }: FastifyRequest): NodeStatus {
    return this.peer.status(nodeId === undefined ? undefined : { nodeId, bootId });
  }

  @Post(SERVICE_ROUTES.ping)
  @HttpCode(200)
  @ApiOperation({ summary: 'A ping of the master; the answer is the status of this node' })
  @ApiOkResponse({ type: NodeStatusDto })
  @Answers('INVALID_BODY', 'FOREIGN_CLUSTER', 'STALE_EPOCH')
  ping(@Body() body: PingDto, @Req() request: FastifyRequest): NodeStatus {
    if (request.serviceNode !== body.master.nodeId) throw foreignToken(request.serviceNode, body.master.nodeId);
    return this.peer.ping(body);
  }

  @Post(SERVICE_ROUTES.vote)
  @HttpCode(200)
  @ApiOperation({ summary: 'A candidate asks for a vote in an epoch' })
  @ApiOkResponse({ type: VoteAnswerDto })
  @Answers(
    'INVALID_BODY',
    'FOREIGN_CLUSTER',
    'STALE_EPOCH',
    'EPOCH_TAKEN',
    'MASTER_ALIVE',
    'LOG_DAMAGED',
    'STORAGE_STALLED',
    'NOT_A_MEMBER',
    'NODE_ID_TAKEN',
  )
  async vote(@Body() body: VoteDto, @Req() request: FastifyRequest): Promise<VoteAnswer> {
    if (request.serviceNode !== body.candidate) throw foreignToken(request.serviceNode, body.candidate);
    const { port, url } = body;
    const from = port === undefined ? null : registeredUrl({ port, ...(url === undefined ? {} : { url }) }, request.ip);
    const answer = await this.peer.vote(body, { url: from, bootId: request.serviceBoot });
    if (answer.reason !== null) throw refusedVote(body, answer, answer.reason);
    return answer;
  }

  @Post(SERVICE_ROUTES.takeOver)
  @HttpCode(200)
  @ApiOperation({
    summary: 'A master that stops asks this node to take over its term; the answer is its status as master',
  })
  @ApiOkResponse({ type: NodeStatusDto })
  @Answers(
    'INVALID_BODY',
    'FOREIGN_CLUSTER',
    'CHANGE_IN_PROGRESS',
    'TRANSFER_REFUSED',
    'NOT_A_MEMBER',
    'NO_MAJORITY',
    'PROMOTION_FAILED',
    'LOG_DAMAGED',
    'STORAGE_FULL',
    'STORAGE_STALLED',
  )
  takeOver(@Body() body: TakeOverDto, @Req() request: FastifyRequest): Promise<NodeStatus> {
    if (request.serviceNode !== body.master) throw foreignToken(request.serviceNode, body.master);
    return takeOver(this.parts, body);
  }

  @Post(SERVICE_ROUTES.claim)
  @HttpCode(204)
  @ApiOperation({ summary: 'A member of another cluster, which lists this node: an empty founder joins that cluster' })
  @ApiNoContentResponse({ description: 'This node gives up its own cluster, or has none' })
  @Answers('INVALID_BODY', 'FOREIGN_CLUSTER')
  async claim(@Body() body: ClaimDto, @Req() request: FastifyRequest): Promise<void> {
    if (request.serviceNode !== body.nodeId) throw foreignToken(request.serviceNode, body.nodeId);
    await answerClaim(this.parts, body, registeredUrl(body, request.ip));
  }

  @Get(SERVICE_ROUTES.position)
  @ApiOperation({ summary: 'The chain at an index of this log' })
  @ApiQuery({ name: 'index', schema: { type: 'integer', minimum: 0 } })
  @ApiOkResponse({ type: PositionAnswerDto })
  @Answers('INVALID_PARAMETER', 'FOREIGN_CLUSTER', 'CORRUPT_RECORD')
  async position(@Query('index') index: RawValue): Promise<{ position: LogPosition | null }> {
    return { position: await this.peer.position(requiredNumber('index', index, 0)) };
  }

  @Get(SERVICE_ROUTES.records)
  @ApiOperation({ summary: 'Durable records of this log, verbatim' })
  @ApiQuery({ name: 'from', schema: { type: 'integer', minimum: 1 } })
  @ApiOkResponse({ content: { [MEDIA.bytes]: { schema: { type: 'string', format: 'binary' } } } })
  @Answers('INVALID_PARAMETER', 'FOREIGN_CLUSTER', 'CORRUPT_RECORD')
  async records(@Query('from') from: RawValue, @Res() reply: FastifyReply): Promise<void> {
    const block = await this.peer.records(requiredNumber('from', from, 1));
    void reply.type(MEDIA.bytes).send(block);
  }
}
