import { STATUS_CODES } from 'node:http';
import { PROBLEM_STATUS } from '@weir/domain';
import type { InputProblem, ProblemCode } from '@weir/domain';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

/** The body of every error (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly errors?: readonly InputProblem[];
}

/** `type` names the code; it need not be an address that answers. */
export function createProblem(
  code: ProblemCode,
  detail: string,
  errors: readonly InputProblem[] = [],
): Problem {
  const status = PROBLEM_STATUS[code];
  return {
    type: `urn:weir:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
    ...(errors.length > 0 && { errors }),
  };
}
