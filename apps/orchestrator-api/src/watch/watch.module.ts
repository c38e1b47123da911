import { Module } from '@nestjs/common';
import { WatchController } from './watch.controller';
import { WatchHub } from './watch.hub';

/** Changes pushed to instances as soon as they are committed. */
@Module({ controllers: [WatchController], providers: [WatchHub] })
export class WatchModule {}
