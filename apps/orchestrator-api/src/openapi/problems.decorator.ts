import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { PROBLEM_STATUS } from '@weir/domain';
import type { ProblemCode } from '@weir/domain';
import { createProblem } from '../problem/problem';
import { ProblemDto } from './problem.dto';

/** Documents what an operation may be refused with, beside what every operation may. */
export function Problems(...codes: readonly ProblemCode[]) {
  const responses = groupByStatus(codes).map(([status, group]) =>
    ApiResponse({ status, ...problemResponse(group) }),
  );
  return applyDecorators(ApiExtraModels(ProblemDto), ...responses);
}

/** The codes that share a status belong to one documented response. */
export function groupByStatus(codes: readonly ProblemCode[]): [number, ProblemCode[]][] {
  const groups = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const status = PROBLEM_STATUS[code];
    groups.set(status, [...(groups.get(status) ?? []), code]);
  }
  return [...groups];
}

/** An OpenAPI response object for these codes, with an example of each. */
export function problemResponse(codes: readonly ProblemCode[]) {
  const examples = Object.fromEntries(
    codes.map((code) => [code, { value: createProblem(code, EXAMPLE_DETAIL) }]),
  );
  return {
    description: codes.join(', '),
    content: {
      'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) }, examples },
    },
  };
}

const EXAMPLE_DETAIL = 'what was wrong, in words';
