import type { CustomDecorator } from '@nestjs/common';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';

import { Answers } from '../openapi/answers.decorator.js';

/** Who may call a route. `service`: other nodes, with their token. `public`: everybody, for routes without secrets. */
export type Scope = 'client' | 'service' | 'admin' | 'public';

export const SCOPE = 'replog:scope';

/**
 * Adds the scope to the OpenAPI document, where the security schemes alone do not distinguish a client key from an
 * admin key.
 */
export const SCOPE_EXTENSION = 'x-open-to';

/**
 * Opens a route, or every route of a controller; the decorator of the route goes first. A route without it is closed.
 */
export function OpenTo(scope: Scope): MethodDecorator & ClassDecorator {
  const metadata: CustomDecorator = SetMetadata(SCOPE, scope);
  const extension = ApiExtension(SCOPE_EXTENSION, scope);
  if (scope === 'public') return applyDecorators(metadata, extension);
  const schemes = [ApiBearerAuth('bearer'), ...(scope === 'service' ? [] : [ApiSecurity('x-token')])];
  return applyDecorators(metadata, extension, ...schemes, Answers('UNAUTHENTICATED', 'FORBIDDEN'));
}
