import { Module } from '@nestjs/common';
import { HeartbeatRenewals } from './heartbeat.renewals';
import { HeartbeatRoute } from './heartbeat.route';
import { HeartbeatService } from './heartbeat.service';
import { InstancesController } from './instances.controller';
import { InstancesService } from './instances.service';
import { StreamReportBuffer } from './stream-report.buffer';

/** What instances do: register, heartbeat, acknowledge, resync, drain, leave. */
@Module({
  controllers: [InstancesController],
  providers: [
    InstancesService,
    HeartbeatService,
    HeartbeatRenewals,
    HeartbeatRoute,
    StreamReportBuffer,
  ],
})
export class InstancesModule {}
