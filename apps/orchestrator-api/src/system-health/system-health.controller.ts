import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { SystemHealth } from '@weir/domain';
import { Requires } from '../auth/requires.decorator';
import { HealthHistoryDto, HealthHistoryQuery, SystemHealthDto } from './system-health.dto';
import { SystemHealthService } from './system-health.service';

@ApiTags('health')
@Controller('v1/health')
@Requires('viewer')
export class SystemHealthController {
  constructor(private readonly health: SystemHealthService) {}

  @Get()
  @ApiOperation({
    summary: 'Health of the whole system, with what lowered it.',
    description: '`unknown` when nothing was measured within the last 60 s.',
  })
  @ApiOkResponse({ type: SystemHealthDto })
  latest(): Promise<SystemHealth> {
    return this.health.latest();
  }

  @Get('history')
  @ApiOperation({ summary: 'Health over time, oldest first.' })
  @ApiOkResponse({ type: HealthHistoryDto })
  async history(@Query() query: HealthHistoryQuery): Promise<HealthHistoryDto> {
    return { items: await this.health.history(query.since, query.limit) };
  }
}
