import { Body, Controller, Delete, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { AcksResponse, RegisterResponse, ResyncResponse } from '@weir/domain';
import { assertMayActFor } from '../auth/authorizer';
import { WithCaller } from '../auth/caller.decorator';
import type { Caller } from '../auth/caller.decorator';
import { Requires } from '../auth/requires.decorator';
import { Problems } from '../openapi/problems.decorator';
import { AcksDto, ResyncDto } from './acks.dto';
import { AckResultsDto, InstanceStatusDto, RegisteredDto, ResyncedDto } from './instance.answers';
import { DrainQuery, FleetParams, IncarnationQuery, InstanceParams } from './instance.params';
import { InstancesService } from './instances.service';
import { RegisterDto } from './register.dto';

/** The calls of instances, except heartbeat (heartbeat.route.ts) and watch. */
@ApiTags('for instances')
@Controller('v1/fleets/:fleet/instances')
export class InstancesController {
  constructor(private readonly instances: InstancesService) {}

  @Post()
  @Requires('instance')
  @ApiOperation({ summary: 'Register: opens an incarnation with a lease.' })
  @ApiCreatedResponse({ type: RegisteredDto })
  @Problems('INCARNATION_FENCED', 'BODY_TOO_LARGE')
  async register(
    @Param() { fleet }: FleetParams,
    @Body() body: RegisterDto,
    @WithCaller() caller: Caller,
  ): Promise<RegisterResponse> {
    assertMayActFor(caller, body.serverId);
    return this.instances.register(fleet, body);
  }

  @Post(':serverId/acks')
  @HttpCode(200)
  @Requires('instance')
  @ApiOperation({ summary: 'Acknowledge assignments: running, stopped or failed.' })
  @ApiOkResponse({ type: AckResultsDto })
  @Problems('FLEET_UNKNOWN', 'INSTANCE_UNKNOWN', 'INCARNATION_FENCED', 'BODY_TOO_LARGE')
  acknowledge(
    @Param() { fleet, serverId }: InstanceParams,
    @Body() { incarnation, acks }: AcksDto,
  ): Promise<AcksResponse> {
    return this.instances.acknowledge(fleet, { serverId, incarnation }, acks);
  }

  @Put(':serverId/running')
  @Requires('instance')
  @ApiOperation({ summary: 'Resync: say everything that runs, and hear what should.' })
  @ApiOkResponse({ type: ResyncedDto })
  @Problems('FLEET_UNKNOWN', 'INSTANCE_UNKNOWN', 'INCARNATION_FENCED', 'BODY_TOO_LARGE')
  resync(
    @Param() { fleet, serverId }: InstanceParams,
    @Body() { incarnation, ...report }: ResyncDto,
  ): Promise<ResyncResponse> {
    return this.instances.resync(fleet, { serverId, incarnation }, report);
  }

  @Post(':serverId/drain')
  @HttpCode(200)
  @Requires('instance', 'operator')
  @ApiOperation({
    summary: "Drain: the instance is emptied. An operator's drain outlives its restart.",
  })
  @ApiOkResponse({ type: InstanceStatusDto })
  @Problems('FLEET_UNKNOWN', 'INSTANCE_UNKNOWN', 'INSTANCE_STATE_CONFLICT', 'INCARNATION_FENCED')
  async drain(
    @Param() { fleet, serverId }: InstanceParams,
    @Query() { incarnation }: DrainQuery,
    @WithCaller() caller: Caller,
  ): Promise<InstanceStatusDto> {
    const isOperator = caller.role === 'operator';
    const order = { isOperator, incarnation };
    return { serverId, status: await this.instances.drain(fleet, serverId, order) };
  }

  @Delete(':serverId')
  @HttpCode(204)
  @Requires('instance')
  @ApiOperation({ summary: 'Leave: whatever it still owned is released at once.' })
  @ApiNoContentResponse()
  @Problems('FLEET_UNKNOWN', 'INSTANCE_UNKNOWN', 'INCARNATION_FENCED')
  leave(
    @Param() { fleet, serverId }: InstanceParams,
    @Query() { incarnation }: IncarnationQuery,
  ): Promise<void> {
    return this.instances.leave(fleet, { serverId, incarnation });
  }
}
