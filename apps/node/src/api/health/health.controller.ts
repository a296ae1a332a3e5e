import type { OnModuleDestroy } from '@nestjs/common';
import { Controller, Get, HttpCode, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { HealthCheckResult } from '@nestjs/terminus';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import { ReplogError } from '@replog/contracts/errors.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { HealthDto } from './health.dto.js';
import { NodeIndicator } from './node.indicator.js';

const RETRY_AFTER_S = 1;
/** Off: the OpenAPI document shows this API's own answers and problems instead of those of terminus. */
const BY_OUR_OWN_DTO = { swaggerDocumentation: false };

/**
 * Liveness and readiness. Liveness never depends on a master or a majority. It depends on the disk of a master only: one that
 * cannot store keeps the others from storing.
 */
@ApiTags('health')
@OpenTo('public')
@Controller('healthcheck')
export class HealthController implements OnModuleDestroy {
  private isClosing = false;

  constructor(
    private readonly checks: HealthCheckService,
    private readonly node: NodeIndicator,
  ) {}

  @Get()
  @HealthCheck(BY_OUR_OWN_DTO)
  @HttpCode(200)
  @ApiOperation({
    summary: 'Is the process alive?',
    description:
      '503 also on a master whose disk is stalled: it lives, and nothing is stored as long as it is the master.',
  })
  @ApiOkResponse({ type: HealthDto, description: 'The process is alive' })
  @Answers('INVALID_PARAMETER', 'NOT_READY')
  async live(): Promise<HealthCheckResult> {
    const { whyUseless } = this.node;
    if (whyUseless !== null) return this.check(whyUseless);
    // During a shutdown terminus throws; the process is still alive.
    return this.checks.check([]).catch((error: unknown) => resultOf(error));
  }

  @Get('ready')
  @HealthCheck(BY_OUR_OWN_DTO)
  @ApiOperation({ summary: 'Can the node serve requests?' })
  @ApiOkResponse({ type: HealthDto, description: 'The node is ready' })
  @Answers('INVALID_PARAMETER', 'NOT_READY', 'SHUTTING_DOWN')
  async ready(): Promise<HealthCheckResult> {
    return this.answer(this.node.reason);
  }

  @Get('master')
  @HealthCheck(BY_OUR_OWN_DTO)
  @ApiOperation({
    summary: 'Is the node the master, and ready?',
    description: 'For load balancers that send requests to the master only.',
  })
  @ApiOkResponse({ type: HealthDto, description: 'The node is the master and ready' })
  @Answers('INVALID_PARAMETER', 'NOT_READY', 'SHUTTING_DOWN')
  async master(): Promise<HealthCheckResult> {
    return this.answer(this.node.reason ?? this.node.whyNotMaster);
  }

  /** `fault`: why the node does not pass; `null` if it does. */
  private async answer(fault: string | null): Promise<HealthCheckResult> {
    if (this.isClosing) throw new ReplogError('SHUTTING_DOWN', 'The node is shutting down.');
    return this.check(fault);
  }

  private async check(fault: string | null): Promise<HealthCheckResult> {
    try {
      return await this.checks.check([() => this.node.check(fault)]);
    } catch (error) {
      const { details, error: failed } = resultOf(error);
      const reason = fault ?? 'The node is shutting down.';
      throw new ReplogError('NOT_READY', reason, { retryAfterS: RETRY_AFTER_S, extra: { error: failed, details } });
    }
  }

  /** The first step of a shutdown: load balancers stop sending requests here. */
  onModuleDestroy(): void {
    this.isClosing = true;
  }
}

/** The result inside the error that terminus throws for a failed check. */
function resultOf(error: unknown): HealthCheckResult {
  if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
  throw error;
}
