import type { CustomDecorator } from '@nestjs/common';
import { SetMetadata } from '@nestjs/common';

export const PARAMETERS = 'replog:parameters';

/** The parameters that a route, or every route of a controller, takes in its query. Without it a route takes none. */
export function Parameters(...names: readonly string[]): CustomDecorator {
  return SetMetadata(PARAMETERS, names);
}
