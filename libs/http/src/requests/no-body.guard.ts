import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { readObject } from './read-object.js';
import { unknownMember } from './unknown-name.js';

class NoBodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { body } = context.switchToHttp().getRequest<FastifyRequest>();
    if (Buffer.isBuffer(body) && body.length === 0) return true;
    const [field] = Object.keys(readObject(body));
    if (field === undefined) return true;
    throw unknownMember(field, []);
  }
}

/** The route takes no body. Members of one are refused: a `dryRun` that nobody reads would be no dry run. */
export function NoBody(): MethodDecorator {
  return UseGuards(NoBodyGuard);
}
