import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import type { NodeView } from '@replog/cluster/node/node-view.js';
import { NODE_VIEW } from '@replog/runtime/tokens/injection-tokens.js';

/** Is the node ready, and if not, why? */
@Injectable()
export class NodeIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(NODE_VIEW) private readonly view: NodeView,
  ) {}

  get reason(): string | null {
    return this.view.notReady;
  }

  check(): HealthIndicatorResult<'node'> {
    const indicator = this.indicators.check('node');
    const { reason } = this;
    return reason === null ? indicator.up() : indicator.down(reason);
  }
}
