import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Reflector } from '@nestjs/core';
import type { NodeView } from '@replog/cluster/node/node-view.js';
import { noTermHere } from '@replog/cluster/node/not-master.js';
import { refuseOtherCluster } from '@replog/http/forward/refuse-other-cluster.js';
import { MASTER_ONLY } from '@replog/http/security/master-only.decorator.js';
import { NODE_VIEW } from '@replog/runtime/tokens/injection-tokens.js';

/**
 * Global: a route with `@MasterOnly` is refused with the master's address unless this node holds a term. `ProblemFilter` passes
 * what it refuses for that on to the master.
 */
@Injectable()
export class MasterOnlyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(NODE_VIEW) private readonly view: NodeView,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const needsMaster = this.reflector.getAllAndOverride<true | undefined>(MASTER_ONLY, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (needsMaster === true) this.requireOwnCluster(context);
    if (needsMaster === true && !this.view.holdsTerm) throw noTermHere(this.view);
    return true;
  }

  private requireOwnCluster(context: ExecutionContext): void {
    const { headers, serviceNode } = context.switchToHttp().getRequest<FastifyRequest>();
    // What a node asks for itself is refused as FOREIGN_CLUSTER.
    if (serviceNode === undefined) refuseOtherCluster(headers, this.view.clusterId);
  }
}
