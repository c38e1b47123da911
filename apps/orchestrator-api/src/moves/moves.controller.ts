import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { OrdinaryReads, listMoves } from '@weir/database';
import type { Page } from '@weir/database';
import type { MoveView } from '@weir/domain';
import { Requires } from '../auth/requires.decorator';
import { FleetsCache } from '../notices/fleets.cache';
import { Problems } from '../openapi/problems.decorator';
import { ApiPage } from '../operator/page.answer';
import { toPageRequest } from '../operator/page.query';
import { MoveDto, MoveListQuery } from './move.dto';

@ApiTags('moves')
@Controller('v1/fleets/:fleet/moves')
export class MovesController {
  constructor(
    private readonly reads: OrdinaryReads,
    private readonly fleets: FleetsCache,
  ) {}

  @Get()
  @Requires('viewer')
  @ApiOperation({ summary: 'List moves, newest first.' })
  @ApiPage(MoveDto, 'Moves, newest first.')
  @Problems('FLEET_UNKNOWN')
  async list(
    @Param('fleet') fleet: string,
    @Query() query: MoveListQuery,
  ): Promise<Page<MoveView>> {
    const { fleetId } = await this.fleets.get(fleet);
    return listMoves(this.reads, fleetId, { state: query.state ?? null }, toPageRequest(query));
  }
}
