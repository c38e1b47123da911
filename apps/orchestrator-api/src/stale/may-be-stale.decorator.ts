import { UseInterceptors, applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { StaleAnswersInterceptor } from './stale-answers.interceptor';

/**
 * A read that may be answered from before while the database is away: the last answer to the same
 * request, at most ten minutes old, with `stale: true` and its age in the header `x-weir-stale-ms`.
 */
export function MayBeStale() {
  return applyDecorators(
    UseInterceptors(StaleAnswersInterceptor),
    ApiExtension('x-weir-may-be-stale', true),
  );
}
