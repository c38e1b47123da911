import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Page } from '@weir/database';
import type { InstanceView } from '@weir/domain';
import { WithCaller } from '../auth/caller.decorator';
import type { Caller } from '../auth/caller.decorator';
import { Requires } from '../auth/requires.decorator';
import { Repeatable } from '../idempotency/repeatable.decorator';
import { Problems } from '../openapi/problems.decorator';
import { ApiPage } from '../operator/page.answer';
import { toPageRequest } from '../operator/page.query';
import { MayBeStale } from '../stale/may-be-stale.decorator';
import { FenceDto, InstanceDto, InstanceListQuery } from './instance.dto';
import { InstancesAdminService } from './instances-admin.service';

@ApiTags('instances (operators)')
@Controller('v1/fleets/:fleet/instances')
export class InstancesAdminController {
  constructor(private readonly instances: InstancesAdminService) {}

  @Get()
  @MayBeStale()
  @Requires('viewer')
  @ApiOperation({ summary: 'List instances by name, those that are gone included.' })
  @ApiPage(InstanceDto, 'Instances by server id.')
  @Problems('FLEET_UNKNOWN')
  list(
    @Param('fleet') fleet: string,
    @Query() query: InstanceListQuery,
  ): Promise<Page<InstanceView>> {
    return this.instances.list(fleet, query.status ?? null, toPageRequest(query));
  }

  @Get(':serverId')
  @MayBeStale()
  @Requires('viewer')
  @ApiOperation({ summary: 'Get an instance with its lease, load and latest measurements.' })
  @ApiOkResponse({ type: InstanceDto })
  @Problems('FLEET_UNKNOWN', 'INSTANCE_UNKNOWN')
  get(@Param('fleet') fleet: string, @Param('serverId') serverId: string): Promise<InstanceView> {
    return this.instances.get(fleet, serverId);
  }

  @Post(':serverId/cordon')
  @HttpCode(200)
  @Requires('operator')
  @Repeatable()
  @ApiOperation({ summary: 'Give an instance nothing new. It keeps what it has.' })
  @ApiOkResponse({ type: InstanceDto })
  @Problems('FLEET_UNKNOWN', 'INSTANCE_UNKNOWN', 'INSTANCE_STATE_CONFLICT')
  cordon(@Param('fleet') fleet: string, @Param('serverId') serverId: string) {
    return this.instances.change(fleet, serverId, 'cordon');
  }

  @Post(':serverId/uncordon')
  @HttpCode(200)
  @Requires('operator')
  @Repeatable()
  @ApiOperation({ summary: 'Give an instance streams again; ends a drain and flapping too.' })
  @ApiOkResponse({ type: InstanceDto })
  @Problems('FLEET_UNKNOWN', 'INSTANCE_UNKNOWN', 'INSTANCE_STATE_CONFLICT')
  uncordon(@Param('fleet') fleet: string, @Param('serverId') serverId: string) {
    return this.instances.change(fleet, serverId, 'uncordon');
  }

  @Post(':serverId/fence')
  @HttpCode(200)
  @Requires('operator')
  @Repeatable()
  @ApiOperation({
    summary: 'End the incarnation of an instance that does not do as it is told.',
    description:
      'Its lease is not renewed any more, it has to register anew, and it is `lost` until then. ' +
      'Its exclusive streams go elsewhere when its lease (and their autonomy) is over, the others ' +
      'at once. To empty an instance that works, drain it instead.',
  })
  @ApiOkResponse({ type: InstanceDto })
  @Problems('FLEET_UNKNOWN', 'INSTANCE_UNKNOWN', 'INSTANCE_STATE_CONFLICT')
  fence(
    @Param('fleet') fleet: string,
    @Param('serverId') serverId: string,
    @Body() { reason }: FenceDto,
    @WithCaller() { keyId }: Caller,
  ): Promise<InstanceView> {
    return this.instances.fence(fleet, serverId, { reason, keyId });
  }
}
