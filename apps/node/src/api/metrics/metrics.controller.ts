import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';

@ApiTags('observability')
@OpenTo('client')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: NodeMetrics) {}

  @Get()
  @ApiOperation({ summary: 'Metrics of the node, for Prometheus' })
  @ApiOkResponse({
    description: 'The exposition format of Prometheus',
    content: { 'text/plain': { schema: { type: 'string', example: 'replog_committed_index 44' } } },
  })
  @Answers('INVALID_PARAMETER')
  async show(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.header('content-type', this.metrics.contentType);
    return this.metrics.text();
  }
}
