import { Transform } from 'class-transformer';
import { IsArray, ValidateIf } from 'class-validator';

import { origins } from './transforms.js';
import { Variable } from './variable.js';

/** `CORS_ORIGINS`: a list that may be missing, but not wrong. */
export function CorsOrigins(): PropertyDecorator {
  const decorators = [
    Variable({
      allowed: '`*`, or origins such as `https://app.example.com` with commas between them',
      meaning: 'the pages whose scripts a browser lets use this node (CORS); `*`: those of any page',
      defaultMeaning: 'none',
    }),
    Transform(origins),
    ValidateIf((_, value) => value !== undefined),
    IsArray(),
  ];
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}
