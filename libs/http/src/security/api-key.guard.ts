import type { IncomingHttpHeaders } from 'node:http';

import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { HEADERS } from '@replog/contracts/http.js';
import { ReplogError } from '@replog/contracts/errors.js';
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

import { LOGGER } from '@replog/runtime/tokens/injection-tokens.js';
import { TailTokens } from '@replog/runtime/tokens/tail-tokens.js';
import { ClientGate } from './client-gate.js';
import type { Scope } from './open-to.decorator.js';
import { SCOPE } from './open-to.decorator.js';
import { ServiceGate } from './service-gate.js';
import { TAKES_TAIL_TOKEN } from './takes-tail-token.decorator.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** On a service route: the node that made the token. */
    serviceNode?: string;
    /** The process of that node, if it says so. */
    serviceBoot?: string;
  }
}

/** Global and closed by default: `@OpenTo` names who may call a route. A route without it is refused to everybody. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly clients: ClientGate,
    private readonly gate: ServiceGate,
    private readonly tails: TailTokens,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const scope = this.scopeOf(context);
    if (scope === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (scope === 'service') return this.openToService(request);
    const { token } = request.query as { readonly token?: unknown };
    if (token !== undefined && this.takesTailToken(context)) return this.openToTail(token);
    return this.openToKey(scope, request.headers);
  }

  private scopeOf(context: ExecutionContext): Scope {
    const scope = this.reflector.getAllAndOverride<Scope | undefined>(SCOPE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (scope !== undefined) return scope;
    const route = `${context.getClass().name}.${context.getHandler().name}`;
    this.logger.error({ route }, `${route} has no @OpenTo and is therefore refused to everybody`);
    throw new ReplogError('FORBIDDEN', 'No key opens this route.');
  }

  private async openToKey(scope: 'client' | 'admin', headers: IncomingHttpHeaders): Promise<boolean> {
    const holder = await this.holderOf(headers);
    if (holder === 'admin' || holder === scope) return true;
    throw new ReplogError('FORBIDDEN', 'A client key does not open this route; the admin key does.');
  }

  private async holderOf(headers: IncomingHttpHeaders): Promise<'admin' | 'client'> {
    try {
      return this.clients.require(headers);
    } catch (error) {
      throw error instanceof ReplogError ? await this.clients.explain(error, headers) : error;
    }
  }

  private takesTailToken(context: ExecutionContext): boolean {
    return this.reflector.get<boolean | undefined>(TAKES_TAIL_TOKEN, context.getHandler()) === true;
  }

  private async openToTail(token: unknown): Promise<boolean> {
    await this.tails.verify(token);
    return true;
  }

  private async openToService(request: FastifyRequest): Promise<boolean> {
    const { nodeId } = await this.gate.authenticate(request.headers);
    request.serviceNode = nodeId;
    this.gate.requireOwnKind(request.headers, nodeId);
    const boot = request.headers[HEADERS.boot];
    if (typeof boot === 'string') request.serviceBoot = boot;
    return true;
  }
}
