import type { CustomDecorator } from '@nestjs/common';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';

import { Answers } from '../openapi/answers.decorator.js';

/** Who may call a route. `service`: other nodes, by their token. `public`: everybody, for routes that say nothing secret. */
export type Scope = 'client' | 'service' | 'admin' | 'public';

export const SCOPE = 'replog:scope';

/** Says the scope in the OpenAPI document, where the security schemes alone do not tell a client's key from an admin's. */
export const SCOPE_EXTENSION = 'x-open-to';

/** Opens a route, or every route of a controller; the nearer one counts. A route without it is open to nobody. */
export function OpenTo(scope: Scope): MethodDecorator & ClassDecorator {
  const metadata: CustomDecorator = SetMetadata(SCOPE, scope);
  const extension = ApiExtension(SCOPE_EXTENSION, scope);
  if (scope === 'public') return applyDecorators(metadata, extension);
  const schemes = [ApiBearerAuth('bearer'), ...(scope === 'service' ? [] : [ApiSecurity('x-token')])];
  return applyDecorators(metadata, extension, ...schemes, Answers('UNAUTHENTICATED', 'FORBIDDEN'));
}
