import { Module } from '@nestjs/common';

/** Changes pushed to instances as soon as they are committed. */
@Module({})
export class WatchModule {}
