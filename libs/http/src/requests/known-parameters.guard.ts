import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';

import type { Scope } from '../security/open-to.decorator.js';
import { SCOPE } from '../security/open-to.decorator.js';
import { PARAMETERS } from './parameters.decorator.js';
import { refuseUnknownParameters } from './parameters.js';
import type { RawReadQuery } from './parameters.js';

/**
 * Global: a route refuses every parameter that `@Parameters` does not name. Routes between nodes take any: a node of the next
 * release may send more.
 */
@Injectable()
export class KnownParametersGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<Scope | undefined>(SCOPE, places) === 'service') return true;
    const known = this.reflector.getAllAndOverride<readonly string[] | undefined>(PARAMETERS, places) ?? [];
    const { query } = context.switchToHttp().getRequest<FastifyRequest>();
    refuseUnknownParameters(query as RawReadQuery, known);
    return true;
  }
}
