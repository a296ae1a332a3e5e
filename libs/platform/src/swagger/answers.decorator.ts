import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { ErrorCode } from '@replog/contracts';
import { ERROR_KINDS, MEDIA } from '@replog/contracts';

import { ProblemDto } from './problem.dto.js';

/** Documents the errors a route can answer with, by status, each code with its title. */
export function Answers(...codes: readonly ErrorCode[]): MethodDecorator & ClassDecorator {
  const statuses = new Set(codes.map((code) => ERROR_KINDS[code].status));
  const responses = [...statuses].map((status) =>
    ApiResponse({
      status,
      description: codes
        .filter((code) => ERROR_KINDS[code].status === status)
        .map((code) => `\`${code}\`: ${ERROR_KINDS[code].title}`)
        .join('<br>'),
      content: {
        [MEDIA.problem]: { schema: { $ref: getSchemaPath(ProblemDto) } },
      },
    }),
  );
  return applyDecorators(ApiExtraModels(ProblemDto), ...responses);
}
