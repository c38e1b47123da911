import { Body, Controller, Get, Param, Patch, Put, Query, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Page } from '@weir/database';
import type { FleetView } from '@weir/domain';
import { Requires, RequiresFiltered } from '../auth/requires.decorator';
import { WithCaller } from '../auth/caller.decorator';
import type { Caller } from '../auth/caller.decorator';
import type { HttpReply } from '../http/fastify.types';
import { Problems } from '../openapi/problems.decorator';
import { Repeatable } from '../idempotency/repeatable.decorator';
import { ApiPage } from '../operator/page.answer';
import { NamePageQuery, toPageRequest } from '../operator/page.query';
import { MayBeStale } from '../stale/may-be-stale.decorator';
import { FleetDto, FleetSettingsDto } from './fleet.dto';
import { FleetsService } from './fleets.service';

@ApiTags('fleets')
@Controller('v1/fleets')
export class FleetsController {
  constructor(private readonly fleets: FleetsService) {}

  @Get()
  @MayBeStale()
  @RequiresFiltered('viewer')
  @ApiOperation({ summary: 'List fleets by name. A key for one fleet sees that one.' })
  @ApiPage(FleetDto, 'Fleets by name.')
  list(@Query() query: NamePageQuery, @WithCaller() caller: Caller): Promise<Page<FleetView>> {
    return this.fleets.list(toPageRequest(query), caller.fleetId);
  }

  @Get(':fleet')
  @MayBeStale()
  @Requires('viewer')
  @ApiOperation({ summary: 'Get a fleet with its settings.' })
  @ApiOkResponse({ type: FleetDto })
  @Problems('FLEET_UNKNOWN')
  get(@Param('fleet') fleet: string): Promise<FleetView> {
    return this.fleets.get(fleet);
  }

  @Put(':fleet')
  @Requires('operator')
  @Repeatable()
  @ApiOperation({
    summary: 'Create a fleet, or set all its settings. What is left out gets its default.',
  })
  @ApiBody({ type: FleetSettingsDto })
  @ApiOkResponse({ type: FleetDto })
  @ApiCreatedResponse({ type: FleetDto, description: 'It was created.' })
  async set(
    @Param('fleet') fleet: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<FleetView> {
    const { view, isCreated } = await this.fleets.set(fleet, body);
    if (isCreated) void reply.status(201);
    return view;
  }

  @Patch(':fleet')
  @Requires('operator')
  @Repeatable()
  @ApiOperation({ summary: 'Change some settings of a fleet; the others stay.' })
  @ApiBody({ type: FleetSettingsDto })
  @ApiOkResponse({ type: FleetDto })
  @Problems('FLEET_UNKNOWN')
  change(@Param('fleet') fleet: string, @Body() body: unknown): Promise<FleetView> {
    return this.fleets.change(fleet, body);
  }
}
