import { Module } from '@nestjs/common';

/** What instances do: register, heartbeat, acknowledge, resync, drain, leave. */
@Module({})
export class InstancesModule {}
