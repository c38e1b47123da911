import { Module } from '@nestjs/common';
import { ActorService } from '../operator/actor.service';
import { InstancesAdminController } from './instances-admin.controller';
import { InstancesAdminService } from './instances-admin.service';

@Module({
  controllers: [InstancesAdminController],
  providers: [ActorService, InstancesAdminService],
})
export class InstancesAdminModule {}
