import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ReplogError } from '@replog/contracts/errors.js';
import type { FailoverView } from '@replog/contracts/views.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { MasterOnly } from '@replog/http/security/master-only.decorator.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { FailoverDto, PauseDto } from './pause.dto.js';
import { RegistryService } from './registry.service.js';

const DEFAULT_MINUTES = 60;

@MasterOnly()
@OpenTo('admin')
@ApiTags('cluster')
@Controller('cluster')
export class FailoverController {
  constructor(private readonly registry: RegistryService) {}

  @Post('failover')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Pauses automatic failover, or ends the pause',
    description:
      'While it is paused no member campaigns because its master is silent, and a master that hears no majority does not step ' +
      'down. An operator may still promote. The pause is a record of the log: it holds on every node, also after a change of ' +
      'master, and ends by itself. Answered once it is committed. For half an hour: ' +
      `\`curl -X POST localhost:8000/cluster/failover -H "x-token: $ADMIN_API_KEY" -H "content-type: application/json" -d '{"paused":true,"minutes":30}'\`.`,
  })
  @ApiOkResponse({ type: FailoverDto })
  @Answers('INVALID_BODY', 'INVALID_PARAMETER', 'CHANGE_IN_PROGRESS', 'NO_MASTER', 'NO_QUORUM', 'OUTCOME_UNKNOWN')
  async pause(@Body() { paused, minutes }: PauseDto): Promise<FailoverView> {
    if (paused) return this.registry.pauseFailover(minutes ?? DEFAULT_MINUTES);
    if (minutes === undefined) return this.registry.endPause();
    throw new ReplogError(
      'INVALID_BODY',
      'minutes says how long a pause lasts, and this ends it. Leave minutes out, or send "paused": true.',
      { extra: { field: 'minutes' } },
    );
  }
}
