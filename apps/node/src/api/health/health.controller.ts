import type { OnModuleDestroy } from '@nestjs/common';
import { Controller, Get, HttpCode, Inject, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { HealthCheckResult } from '@nestjs/terminus';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { ReplogError } from '@replog/contracts/errors.js';

import type { NodeView } from '@replog/cluster/node/node-view.js';
import { NODE_VIEW } from '@replog/runtime/tokens/injection-tokens.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { HealthDto } from './health.dto.js';

const RETRY_AFTER_S = 1;

/** Two questions: does the process live, and may it serve? The first never depends on disk, master or majority. */
@ApiTags('health')
@OpenTo('public')
@Controller('healthcheck')
export class HealthController implements OnModuleDestroy {
  private isClosing = false;

  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(NODE_VIEW) private readonly view: NodeView,
  ) {}

  @Get()
  @HttpCode(200)
  @ApiOperation({ summary: 'Does the process live?' })
  @ApiOkResponse({ type: HealthDto, description: 'it does' })
  async live(): Promise<HealthCheckResult> {
    // While shutting down terminus answers with an error; a process that says so is alive all the same.
    return this.checks.check([]).catch((error: unknown) => resultOf(error));
  }

  @Get('ready')
  @ApiOperation({ summary: 'May the node serve?' })
  @ApiOkResponse({ type: HealthDto, description: 'it may' })
  @Answers('NOT_READY', 'SHUTTING_DOWN')
  async ready(): Promise<HealthCheckResult> {
    if (this.isClosing) throw new ReplogError('SHUTTING_DOWN', 'The node is shutting down.');
    try {
      return await this.checks.check([() => this.node()]);
    } catch (error) {
      const { details, error: failed } = resultOf(error);
      const reason = this.view.notReady ?? 'The node is shutting down.';
      throw new ReplogError('NOT_READY', reason, { retryAfterS: RETRY_AFTER_S, extra: { error: failed, details } });
    }
  }

  /** The first thing of a shutdown: no new request should come here. */
  onModuleDestroy(): void {
    this.isClosing = true;
  }

  private node(): ReturnType<ReturnType<HealthIndicatorService['check']>['up' | 'down']> {
    const indicator = this.indicators.check('node');
    const reason = this.view.notReady;
    return reason === null ? indicator.up() : indicator.down(reason);
  }
}

/** The result inside the error by which terminus reports a failed check. */
function resultOf(error: unknown): HealthCheckResult {
  if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
  throw error;
}
