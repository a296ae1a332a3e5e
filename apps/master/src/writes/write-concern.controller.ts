import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { WriteConcernView } from '@replog/contracts/views.js';
import { WriteConcernDto } from './write-concern.dto.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { MemberViews } from '../registry/member-views.js';
import { WaitTimes } from '../replication/wait-times.js';
import { parseWriteConcern } from './parsing/parse-write-concern.js';
import { ReceiptService } from './receipt.service.js';
import { WriteAdmission } from './write-admission.js';

@ApiTags('cluster')
@OpenTo('client')
@Controller('write-concern')
export class WriteConcernController {
  constructor(
    @Inject(LocalNode) private readonly node: LocalNode,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
    @Inject(WriteAdmission) private readonly admission: WriteAdmission,
    @Inject(MemberViews) private readonly views: MemberViews,
    @Inject(WaitTimes) private readonly waits: WaitTimes,
    @Inject(ReceiptService) private readonly receipts: ReceiptService,
  ) {}

  @Get(':wc')
  @ApiOperation({ summary: 'Can this concern be met now, who is missing, how long has it been taking' })
  @ApiOkResponse({ type: WriteConcernDto })
  @Answers('INVALID_WRITE_CONCERN', 'NOT_MASTER', 'NO_MASTER')
  async view(@Param('wc') wc: string): Promise<WriteConcernView> {
    const concern = parseWriteConcern(wc, this.config.maxSecondaries);
    const secondaries = await this.views.secondaries();
    const missing = secondaries.filter(({ state }) => state === 'UNREACHABLE' || state === 'JOINING');
    return {
      ...this.receipts.concernView(concern),
      canBeMet: this.node.office !== null && this.admission.canBeMet(concern),
      missing: missing.map(({ nodeId, state, reason }) => ({ nodeId, state, reason })),
      wait: this.waits.view(concern),
    };
  }
}
