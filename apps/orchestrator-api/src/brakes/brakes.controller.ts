import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { BrakeRelease, FleetBrakes } from '@weir/domain';
import { WithCaller } from '../auth/caller.decorator';
import type { Caller } from '../auth/caller.decorator';
import { Requires } from '../auth/requires.decorator';
import { Repeatable } from '../idempotency/repeatable.decorator';
import { Problems } from '../openapi/problems.decorator';
import { MayBeStale } from '../stale/may-be-stale.decorator';
import { BrakeReleaseDto, FleetBrakesDto, ReleaseBrakeDto } from './brake.dto';
import { BrakesService } from './brakes.service';

@ApiTags('brakes')
@Controller('v1/fleets/:fleet/brakes')
export class BrakesController {
  constructor(private readonly brakes: BrakesService) {}

  @Get()
  @MayBeStale()
  @Requires('viewer')
  @ApiOperation({ summary: 'Tell what holds failover and moves of a fleet back, and until when.' })
  @ApiOkResponse({ type: FleetBrakesDto })
  @Problems('FLEET_UNKNOWN')
  list(@Param('fleet') fleet: string): Promise<FleetBrakes> {
    return this.brakes.list(fleet);
  }

  @Post('release')
  @HttpCode(200)
  @Requires('operator')
  @Repeatable()
  @ApiOperation({
    summary: 'Let the mass-loss brake go: the instances are really gone.',
    description:
      'Failover goes on in every replica of balancer-worker, and the brake does not engage again ' +
      'for the longer of `massLossHoldMs` and two leases. Asked for again meanwhile, the answer is ' +
      'the same release. The other brakes end by themselves or by a setting.',
  })
  @ApiOkResponse({ type: BrakeReleaseDto })
  @Problems('FLEET_UNKNOWN', 'BRAKE_NOT_ENGAGED', 'BRAKE_NOT_RELEASABLE')
  release(
    @Param('fleet') fleet: string,
    @Body() body: ReleaseBrakeDto,
    @WithCaller() { keyId }: Caller,
  ): Promise<BrakeRelease> {
    return this.brakes.release(fleet, body, keyId);
  }
}
