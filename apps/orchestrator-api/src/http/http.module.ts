import { Global, Module } from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { ProblemFilter } from '../problem/problem.filter';
import { UndeclaredInputGuard } from '../validation/undeclared-input.guard';
import { createValidationPipe } from '../validation/validation.pipe';
import { RouteTable } from './route.table';

/** What every route has: validation, problems, and the table of all routes. */
@Global()
@Module({
  providers: [
    RouteTable,
    ProblemFilter,
    { provide: APP_PIPE, useFactory: createValidationPipe },
    { provide: APP_GUARD, useClass: UndeclaredInputGuard },
  ],
  exports: [RouteTable, ProblemFilter],
})
export class HttpModule {}
