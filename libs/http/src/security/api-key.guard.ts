import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ReplogError } from '@replog/contracts/errors.js';
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

import { LOGGER } from '@replog/runtime/tokens/injection-tokens.js';
import { ApiKeys } from './api-keys.js';
import { readCredential } from './credentials.js';
import type { Scope } from './open-to.decorator.js';
import { SCOPE } from './open-to.decorator.js';
import { ServiceGate } from './service-gate.js';
import { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** On a service route: the node whose token opened it. */
    serviceNode?: string;
  }
}

/** Global and closed by default: a route opens to whom its `@OpenTo` names, and without one to nobody. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: ApiKeys,
    private readonly tokens: ServiceTokens,
    private readonly gate: ServiceGate,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const scope = this.scopeOf(context);
    if (scope === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (scope === 'service') return this.openToService(request);
    const credential = readCredential(request.headers);
    if (credential === null) throw unauthenticated('none was sent');
    return this.openToKey(scope, credential);
  }

  private scopeOf(context: ExecutionContext): Scope {
    const scope = this.reflector.getAllAndOverride<Scope | undefined>(SCOPE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (scope !== undefined) return scope;
    const route = `${context.getClass().name}.${context.getHandler().name}`;
    this.logger.error({ route }, `${route} has no @OpenTo and is therefore refused to everybody`);
    throw new ReplogError('FORBIDDEN', 'This route is open to nobody.');
  }

  private openToKey(scope: 'client' | 'admin', credential: string): boolean | Promise<boolean> {
    const holder = this.keys.holderOf(credential);
    if (holder === 'admin' || holder === scope) return true;
    if (holder === 'client')
      throw new ReplogError('FORBIDDEN', 'A client key does not open this route; the admin key does.');
    return this.refuseToken(credential);
  }

  private async openToService(request: FastifyRequest): Promise<boolean> {
    const { nodeId } = await this.gate.authenticate(request.headers);
    request.serviceNode = nodeId;
    this.gate.requireOwnKind(request.headers, nodeId);
    return true;
  }

  /** A node's token is known here and opens no client's route; anything else is not known at all. */
  private async refuseToken(credential: string): Promise<never> {
    const isToken = await this.tokens.verify(credential).then(
      () => true,
      () => false,
    );
    if (isToken) throw new ReplogError('FORBIDDEN', 'A service token does not open this route; an API key does.');
    throw unauthenticated('the one sent is not known');
  }
}

function unauthenticated(found: string): ReplogError {
  return new ReplogError('UNAUTHENTICATED', `An API key is needed in x-token or Authorization: Bearer; ${found}.`);
}
