import { Module } from '@nestjs/common';
import { InstancesAdminController } from './instances-admin.controller';
import { InstancesAdminService } from './instances-admin.service';

@Module({ controllers: [InstancesAdminController], providers: [InstancesAdminService] })
export class InstancesAdminModule {}
