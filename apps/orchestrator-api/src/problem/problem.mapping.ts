import { HttpException } from '@nestjs/common';
import { DatabaseUnavailableError } from '@weir/database';
import { DomainError } from '@weir/domain';
import type { ProblemCode } from '@weir/domain';
import { createProblem } from './problem';
import type { Problem } from './problem';

/** When to come back after an answer that says "not now", in seconds. */
const RETRY_AFTER_SECONDS = 1;

export interface MappedProblem {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

/** Errors of Nest, Fastify and its plugins carry a status and nothing else that is stable. */
const CODE_BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'MALFORMED_BODY',
  401: 'KEY_INVALID',
  403: 'ROLE_FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'BODY_TOO_LARGE',
  414: 'INVALID_INPUT',
  415: 'MEDIA_TYPE_UNSUPPORTED',
  429: 'TOO_MANY_REQUESTS',
  503: 'SHUTTING_DOWN',
};

/**
 * What a caller is told of an error. Anything that is not known to be harmless is told as INTERNAL.
 */
export function mapToProblem(error: unknown): MappedProblem {
  if (error instanceof DomainError) {
    return withHeaders(createProblem(error.code, error.message, error.problems));
  }
  if (error instanceof DatabaseUnavailableError) {
    const detail = 'the database does not answer now; nothing was changed: try again';
    return withHeaders(createProblem('DATABASE_UNAVAILABLE', detail));
  }
  const status = statusOf(error);
  const code = status === undefined ? undefined : CODE_BY_STATUS[status];
  if (code !== undefined && error instanceof Error) {
    return withHeaders(createProblem(code, detailOf(code, error)));
  }
  return withHeaders(
    createProblem('INTERNAL', 'something went wrong here; the x-request-id leads to the log'),
  );
}

function withHeaders(problem: Problem): MappedProblem {
  return { problem, headers: headersFor(problem.status) };
}

function headersFor(status: number): Readonly<Record<string, string>> {
  if (status === 503 || status === 429) return { 'retry-after': String(RETRY_AFTER_SECONDS) };
  if (status === 401) return { 'www-authenticate': 'Bearer realm="weir"' };
  return {};
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

const FIXED_DETAILS: Partial<Record<ProblemCode, string>> = {
  NOT_FOUND: 'nothing answers at this path',
  SHUTTING_DOWN: 'this replica cannot take requests now: try again',
  MEDIA_TYPE_UNSUPPORTED: 'send the body with a content type that this call takes',
  INVALID_INPUT: 'a part of the path is too long',
};

function detailOf(code: ProblemCode, error: Error): string {
  return FIXED_DETAILS[code] ?? error.message;
}
