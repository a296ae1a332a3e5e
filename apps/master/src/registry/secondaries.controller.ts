import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { MemberListDto } from './member.dto.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { MasterOnly } from '@replog/http/security/master-only.decorator.js';
import { NoBody } from '@replog/http/requests/no-body.guard.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import type { SecondaryView } from './member-views.js';
import { RegistryService } from './registry.service.js';

@MasterOnly()
@ApiTags('cluster')
@Controller('secondaries')
export class SecondariesController {
  constructor(private readonly registry: RegistryService) {}

  @Get()
  @OpenTo('client')
  @ApiOperation({ summary: 'Every secondary: its state and the reason, its last acknowledged index, its lag' })
  @ApiOkResponse({ type: MemberListDto })
  @Answers('INVALID_PARAMETER', 'NO_MASTER')
  async list(): Promise<{ data: SecondaryView[] }> {
    return { data: await this.registry.list() };
  }

  @Delete(':nodeId')
  @OpenTo('admin')
  @HttpCode(204)
  @NoBody()
  @ApiOperation({ summary: 'Removes a member; it joins again, as a new incarnation, only when it is started again' })
  @ApiNoContentResponse({ description: 'The removal is committed' })
  @Answers(
    'INVALID_BODY',
    'INVALID_PARAMETER',
    'NOT_FOUND',
    'WOULD_LOSE_MAJORITY',
    'CHANGE_IN_PROGRESS',
    'NO_MASTER',
    'NO_QUORUM',
    'OUTCOME_UNKNOWN',
  )
  async remove(@Param('nodeId') nodeId: string): Promise<void> {
    await this.registry.remove(nodeId);
  }
}
