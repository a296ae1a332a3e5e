import type { CustomDecorator } from '@nestjs/common';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';

import { Answers } from '../swagger/answers.decorator.js';

/** Who may call a route. `service`: other nodes, by their token. `public`: everybody, for routes that say nothing secret. */
export type Scope = 'client' | 'service' | 'admin' | 'public';

export const SCOPE = 'replog:scope';

/** Opens a route, or every route of a controller; the nearer one counts. A route without it is open to nobody. */
export function OpenTo(scope: Scope): MethodDecorator & ClassDecorator {
  const metadata: CustomDecorator = SetMetadata(SCOPE, scope);
  if (scope === 'public') return metadata;
  const schemes = [ApiBearerAuth('bearer'), ...(scope === 'service' ? [] : [ApiSecurity('x-token')])];
  return applyDecorators(metadata, ...schemes, Answers('UNAUTHENTICATED', 'FORBIDDEN'));
}
