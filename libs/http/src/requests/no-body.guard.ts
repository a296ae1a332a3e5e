import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Injectable, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { JsonBodies } from './json-bodies.js';
import { unknownMember } from './unknown-name.js';

@Injectable()
class NoBodyGuard implements CanActivate {
  constructor(private readonly json: JsonBodies) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { body } = context.switchToHttp().getRequest<FastifyRequest>();
    const [field] = Object.keys(await this.json.readOptional(body));
    if (field === undefined) return true;
    throw unknownMember(field, []);
  }
}

/** The route takes no body. Members of one are refused: a `dryRun` that nobody reads would be no dry run. */
export function NoBody(): MethodDecorator {
  return UseGuards(NoBodyGuard);
}
