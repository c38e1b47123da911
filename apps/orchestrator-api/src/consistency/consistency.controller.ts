import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Page, ReportView } from '@weir/database';
import { WithCaller } from '../auth/caller.decorator';
import type { Caller } from '../auth/caller.decorator';
import { Requires } from '../auth/requires.decorator';
import { Repeatable } from '../idempotency/repeatable.decorator';
import { Problems } from '../openapi/problems.decorator';
import { ApiPage } from '../operator/page.answer';
import { IdPageQuery, toPageRequest } from '../operator/page.query';
import { MayBeStale } from '../stale/may-be-stale.decorator';
import { NewCheckDto, ReportDetailDto, ReportDto, RequestedCheckDto } from './consistency.dto';
import { ConsistencyService } from './consistency.service';

@ApiTags('consistency')
@Controller('v1/fleets/:fleet/consistency')
export class ConsistencyController {
  constructor(private readonly consistency: ConsistencyService) {}

  @Post('checks')
  @HttpCode(202)
  @Requires('operator')
  @Repeatable()
  @ApiOperation({ summary: 'Verify the fleet now. The result is the report that is named.' })
  @ApiAcceptedResponse({ type: RequestedCheckDto })
  @Problems('FLEET_UNKNOWN')
  async check(
    @Param('fleet') fleet: string,
    @Body() body: NewCheckDto,
    @WithCaller() { keyId }: Caller,
  ): Promise<RequestedCheckDto> {
    const { repair } = body;
    return { reportId: await this.consistency.request(fleet, { repair, keyId }) };
  }

  @Get('reports')
  @MayBeStale()
  @Requires('viewer')
  @ApiOperation({ summary: 'List verification runs, newest first.' })
  @ApiPage(ReportDto, 'Reports, newest first.')
  @Problems('FLEET_UNKNOWN')
  list(@Param('fleet') fleet: string, @Query() query: IdPageQuery): Promise<Page<ReportView>> {
    return this.consistency.list(fleet, toPageRequest(query));
  }

  @Get('reports/:reportId')
  @MayBeStale()
  @Requires('viewer')
  @ApiOperation({ summary: 'Get a verification run with a page of its findings.' })
  @ApiOkResponse({ type: ReportDetailDto })
  @Problems('FLEET_UNKNOWN', 'REPORT_UNKNOWN')
  get(
    @Param('fleet') fleet: string,
    @Param('reportId') reportId: string,
    @Query() query: IdPageQuery,
  ): Promise<ReportDetailDto> {
    return this.consistency.get(fleet, reportId, toPageRequest(query));
  }
}
