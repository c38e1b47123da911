import { UseInterceptors, applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { Problems } from '../openapi/problems.decorator';
import { IdempotencyInterceptor } from './idempotency.interceptor';

/** A write that takes an Idempotency-Key: sent again with it, it has one effect and one answer. */
export function Repeatable() {
  return applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Any text of yours, new for each write. The same request sent again with it within 24 h ' +
        'gets the same answer, with `idempotency-replayed: true`, and has no further effect.',
    }),
    Problems('IDEMPOTENCY_KEY_REUSED'),
  );
}
