import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { ApiResponseOptions } from '@nestjs/swagger';
import type { ErrorCode } from '@replog/contracts/error-kinds.js';
import { ERROR_KINDS } from '@replog/contracts/error-kinds.js';
import { MEDIA } from '@replog/contracts/http.js';

import { ProblemDto } from './problem.dto.js';

/** Documents the errors of a route by status, each code with its title. */
export function Answers(...codes: readonly ErrorCode[]): MethodDecorator & ClassDecorator {
  const statuses = new Set(codes.map((code) => ERROR_KINDS[code].status));
  const responses = [...statuses].map((status) =>
    ApiResponse({
      status,
      description: codes
        .filter((code) => ERROR_KINDS[code].status === status)
        .map((code) => `\`${code}\`: ${ERROR_KINDS[code].title}`)
        .join('<br>'),
      ...headersOf(status),
      content: {
        [MEDIA.problem]: { schema: { $ref: getSchemaPath(ProblemDto) } },
      },
    }),
  );
  return applyDecorators(ApiExtraModels(ProblemDto), ...responses);
}

function headersOf(status: number): Pick<ApiResponseOptions, 'headers'> {
  if (status === 307)
    return { headers: { Location: header('The same path and query on the master, for the node that asks') } };
  if (status === 504) return { headers: { Location: header('Where to look for the outcome') } };
  if (status === 503) return { headers: { 'Retry-After': header('Seconds after which to try again') } };
  return {};
}

function header(description: string): { description: string; schema: { type: 'string' } } {
  return { description, schema: { type: 'string' } };
}
