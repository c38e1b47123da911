import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { KeyModule, KeyOperationalGuard } from '@weir/database';
import { OPERATIONAL_GUARD } from '@weir/observability';
import { Authorizer } from './authorizer';
import { KeyGuard } from './key.guard';

/** Keys and roles in front of every route, the operational ones of the libraries included. */
@Global()
@Module({
  imports: [KeyModule],
  providers: [
    Authorizer,
    { provide: APP_GUARD, useClass: KeyGuard },
    { provide: OPERATIONAL_GUARD, useExisting: KeyOperationalGuard },
  ],
  exports: [Authorizer, OPERATIONAL_GUARD],
})
export class AuthModule {}
