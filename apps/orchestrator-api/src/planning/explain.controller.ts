import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../auth/requires.decorator';
import { Problems } from '../openapi/problems.decorator';
import { ExplainQuery, ExplanationDto } from './explain.dto';
import { ExplainService } from './explain.service';

@ApiTags('streams')
@Controller('v1/fleets/:fleet/streams/:streamId/explain')
export class ExplainController {
  constructor(private readonly explaining: ExplainService) {}

  @Get()
  @Requires('viewer')
  @ApiOperation({
    summary: 'Why a stream is where it is, and what would have to change for it to go elsewhere.',
    description:
      'For each instance: what forbids the stream there, or what it would score, term by term, ' +
      'and what keeps it from moving there. As the fleet is now; nothing is written.',
  })
  @ApiOkResponse({ type: ExplanationDto })
  @Problems('FLEET_UNKNOWN', 'STREAM_UNKNOWN', 'PLANNING_BUSY')
  explain(
    @Param('fleet') fleet: string,
    @Param('streamId') streamId: string,
    @Query() query: ExplainQuery,
  ): Promise<ExplanationDto> {
    return this.explaining.explain(fleet, streamId, query);
  }
}
