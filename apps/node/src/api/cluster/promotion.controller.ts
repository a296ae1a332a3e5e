import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { PromotionView } from '@replog/contracts/views.js';
import { ROLE_REQUESTS } from '@replog/cluster/role/role-requests.port.js';
import type { RoleRequests } from '@replog/cluster/role/role-requests.port.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { PromotionDto } from './promotion.dto.js';
import { PromoteDto } from './promote.dto.js';

@ApiTags('cluster')
@OpenTo('admin')
@Controller('cluster')
export class PromotionController {
  constructor(@Inject(ROLE_REQUESTS) private readonly requests: RoleRequests) {}

  @Post('promote')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Makes this node master',
    description:
      'A living master transfers its term first, and nothing is lost, whatever the concern. Without a living master, ' +
      'the node needs the votes of a majority. Where a majority is lost for good, `force` is the way out at every member ' +
      'that lives, the master in office included: it begins a new epoch with the members that answer, takes all others ' +
      'out of the cluster in one step, and states what may be lost. When they return, no matter in what state, they join ' +
      'anew, and what only they had becomes their orphans. `dryRun` only reports what would happen.',
  })
  @ApiOkResponse({ type: PromotionDto })
  @Answers(
    'INVALID_BODY',
    'INVALID_PARAMETER',
    'NOT_A_MEMBER',
    'NODE_ID_TAKEN',
    'NO_MAJORITY',
    'FORCE_NOT_NEEDED',
    'TRANSFER_REFUSED',
    'PROMOTION_FAILED',
    'CHANGE_IN_PROGRESS',
    'LOG_DAMAGED',
    'STORAGE_FULL',
    'STORAGE_STALLED',
  )
  promote(@Body() { dryRun, force }: PromoteDto): Promise<PromotionView> {
    return this.requests.promote({ dryRun, force });
  }
}
