import { Global, Module } from '@nestjs/common';
import { FleetsCache } from './fleets.cache';
import { NoticeBus } from './notice.bus';

/** What every feature shares that hears of commits. */
@Global()
@Module({ providers: [NoticeBus, FleetsCache], exports: [NoticeBus, FleetsCache] })
export class NoticesModule {}
