import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Page } from '@weir/database';
import type { RebalanceView } from '@weir/domain';
import { WithCaller } from '../auth/caller.decorator';
import type { Caller } from '../auth/caller.decorator';
import { Requires } from '../auth/requires.decorator';
import { Repeatable } from '../idempotency/repeatable.decorator';
import { MoveDto } from '../moves/move.dto';
import { Problems } from '../openapi/problems.decorator';
import { ApiPage } from '../operator/page.answer';
import { IdPageQuery, toPageRequest } from '../operator/page.query';
import { MayBeStale } from '../stale/may-be-stale.decorator';
import {
  NewRebalanceDto,
  RebalanceDetailDto,
  RebalanceDto,
  RequestedRebalanceDto,
} from './rebalance.dto';
import { RebalancesService } from './rebalances.service';

@ApiTags('rebalances')
@ApiExtraModels(MoveDto)
@Controller('v1/fleets/:fleet/rebalances')
export class RebalancesController {
  constructor(private readonly rebalances: RebalancesService) {}

  @Post()
  @HttpCode(202)
  @Requires('operator')
  @Repeatable()
  @ApiOperation({
    summary: 'Even the load of a fleet out, now and as far as moves gain anything.',
    description:
      'Planned and carried out by the control loop, within the budgets of moves; one of a fleet at ' +
      'a time. While it is not over, nothing else is evened out.',
  })
  @ApiAcceptedResponse({ type: RequestedRebalanceDto })
  @Problems('FLEET_UNKNOWN', 'FLEET_FROZEN', 'REBALANCE_UNDER_WAY')
  async request(
    @Param('fleet') fleet: string,
    @Body() body: NewRebalanceDto,
    @WithCaller() { keyId }: Caller,
  ): Promise<RequestedRebalanceDto> {
    return { planId: await this.rebalances.request(fleet, body, keyId) };
  }

  @Get()
  @MayBeStale()
  @Requires('viewer')
  @ApiOperation({ summary: 'List rebalances, newest first.' })
  @ApiPage(RebalanceDto, 'Rebalances, newest first.')
  @Problems('FLEET_UNKNOWN')
  list(@Param('fleet') fleet: string, @Query() query: IdPageQuery): Promise<Page<RebalanceView>> {
    return this.rebalances.list(fleet, toPageRequest(query));
  }

  @Get(':planId')
  @MayBeStale()
  @Requires('viewer')
  @ApiOperation({ summary: 'Get a rebalance: its progress, and a page of its moves.' })
  @ApiOkResponse({ type: RebalanceDetailDto })
  @Problems('FLEET_UNKNOWN', 'REBALANCE_UNKNOWN')
  get(
    @Param('fleet') fleet: string,
    @Param('planId') planId: string,
    @Query() query: IdPageQuery,
  ): Promise<RebalanceDetailDto> {
    return this.rebalances.get(fleet, planId, toPageRequest(query));
  }

  @Post(':planId/pause')
  @HttpCode(200)
  @Requires('operator')
  @Repeatable()
  @ApiOperation({ summary: 'Begin nothing more of a rebalance; what is under way ends.' })
  @ApiOkResponse({ type: RebalanceDto })
  @Problems('FLEET_UNKNOWN', 'REBALANCE_UNKNOWN', 'REBALANCE_STATE_CONFLICT')
  pause(
    @Param('fleet') fleet: string,
    @Param('planId') planId: string,
    @WithCaller() { keyId }: Caller,
  ): Promise<RebalanceView> {
    return this.rebalances.steer(fleet, planId, { action: 'pause', keyId });
  }

  @Post(':planId/resume')
  @HttpCode(200)
  @Requires('operator')
  @Repeatable()
  @ApiOperation({ summary: 'Go on with a rebalance that was paused.' })
  @ApiOkResponse({ type: RebalanceDto })
  @Problems('FLEET_UNKNOWN', 'REBALANCE_UNKNOWN', 'REBALANCE_STATE_CONFLICT')
  resume(
    @Param('fleet') fleet: string,
    @Param('planId') planId: string,
    @WithCaller() { keyId }: Caller,
  ): Promise<RebalanceView> {
    return this.rebalances.steer(fleet, planId, { action: 'resume', keyId });
  }

  @Post(':planId/cancel')
  @HttpCode(200)
  @Requires('operator')
  @Repeatable()
  @ApiOperation({
    summary: 'End a rebalance.',
    description:
      'What has not begun never does; what is under way is taken back, except where the target ' +
      'owns the stream already. `outcome` counts them.',
  })
  @ApiOkResponse({ type: RebalanceDto })
  @Problems('FLEET_UNKNOWN', 'REBALANCE_UNKNOWN', 'REBALANCE_STATE_CONFLICT')
  cancel(
    @Param('fleet') fleet: string,
    @Param('planId') planId: string,
    @WithCaller() { keyId }: Caller,
  ): Promise<RebalanceView> {
    return this.rebalances.steer(fleet, planId, { action: 'cancel', keyId });
  }
}
