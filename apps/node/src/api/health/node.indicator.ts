import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import type { NodeView } from '@replog/cluster/node/node-view.js';
import { storageFault } from '@replog/core/storage/storage-state.js';
import { NODE_VIEW } from '@replog/runtime/tokens/injection-tokens.js';

/** Is the node ready, is it master, and if not, why? */
@Injectable()
export class NodeIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(NODE_VIEW) private readonly view: NodeView,
  ) {}

  get reason(): string | null {
    return this.view.notReady;
  }

  /** Why the node is not the master; `null` if it holds the term. */
  get whyNotMaster(): string | null {
    const { holdsTerm, nodeId, master } = this.view;
    if (holdsTerm) return null;
    const other = master === null || master.nodeId === nodeId ? null : master;
    return `This node is not the master: ${other === null ? 'no master is known' : `${other.nodeId} is, at ${other.url}`}.`;
  }

  /** Why the node keeps the others from storing although its process lives; `null` if it does not. */
  get whyUseless(): string | null {
    const { holdsTerm, storage } = this.view;
    return holdsTerm && storage === 'stalled' ? `This master stores nothing: ${storageFault(storage)}.` : null;
  }

  check(fault: string | null): HealthIndicatorResult<'node'> {
    const indicator = this.indicators.check('node');
    return fault === null ? indicator.up() : indicator.down(fault);
  }
}
