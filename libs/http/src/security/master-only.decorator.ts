import { SetMetadata, applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

export const MASTER_ONLY = 'replog:master-only';

/** Says in the OpenAPI document that a node that is not master passes the request on. */
export const MASTER_ONLY_EXTENSION = 'x-master-only';

/** A route, or every route of a controller, that needs a master. Another node passes it on, or answers NO_MASTER. */
export function MasterOnly(): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(MASTER_ONLY, true), ApiExtension(MASTER_ONLY_EXTENSION, true));
}
