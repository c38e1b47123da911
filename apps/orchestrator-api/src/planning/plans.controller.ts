import { Body, Controller, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../auth/requires.decorator';
import { Problems } from '../openapi/problems.decorator';
import { PlanDto, PlanQuery, PlanRequestDto } from './plan.dto';
import { PlansService } from './plans.service';

@ApiTags('plans')
@Controller('v1/fleets/:fleet/plans')
export class PlansController {
  constructor(private readonly plans: PlansService) {}

  @Post()
  @HttpCode(200)
  @Requires('viewer')
  @ApiOperation({
    summary:
      'What the planner would do: now, or if instances were lost or added, or with other settings.',
    description: 'Writes nothing. Steps beyond `limit` are counted and not listed.',
  })
  @ApiBody({ type: PlanRequestDto })
  @ApiOkResponse({ type: PlanDto })
  @Problems('FLEET_UNKNOWN', 'PLANNING_BUSY')
  tryPlan(
    @Param('fleet') fleet: string,
    @Query() query: PlanQuery,
    @Body() body: unknown,
  ): Promise<PlanDto> {
    return this.plans.tryPlan(fleet, body, query.limit);
  }
}
