import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { WriteConcernView } from '@replog/contracts/views.js';
import { WriteConcernDto } from './write-concern.dto.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { MasterOnly } from '@replog/http/security/master-only.decorator.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { WriteConcernService } from '../replication/write-concern.service.js';
import { parseWriteConcern } from './parsing/parse-write-concern.js';

@ApiTags('cluster')
@MasterOnly()
@OpenTo('client')
@Controller('write-concern')
export class WriteConcernController {
  constructor(
    private readonly concerns: WriteConcernService,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
  ) {}

  @Get(':wc')
  @ApiOperation({ summary: 'Can this concern be met now, which members are missing, how long recent writes waited' })
  @ApiOkResponse({ type: WriteConcernDto })
  @Answers('INVALID_WRITE_CONCERN', 'INVALID_PARAMETER', 'NO_MASTER')
  async view(@Param('wc') wc: string): Promise<WriteConcernView> {
    return this.concerns.view(parseWriteConcern(wc, this.config.maxSecondaries));
  }
}
