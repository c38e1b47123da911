import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { OrdinaryReads, listAssignments } from '@weir/database';
import type { Page } from '@weir/database';
import type { AssignmentView } from '@weir/domain';
import { Requires } from '../auth/requires.decorator';
import { FleetsCache } from '../notices/fleets.cache';
import { Problems } from '../openapi/problems.decorator';
import { ApiPage } from '../operator/page.answer';
import { toPageRequest } from '../operator/page.query';
import { MayBeStale } from '../stale/may-be-stale.decorator';
import { AssignmentDto, AssignmentListQuery } from './assignment.dto';

@ApiTags('assignments')
@Controller('v1/fleets/:fleet/assignments')
export class AssignmentsController {
  constructor(
    private readonly reads: OrdinaryReads,
    private readonly fleets: FleetsCache,
  ) {}

  @Get()
  @MayBeStale()
  @Requires('viewer')
  @ApiOperation({
    summary: 'List who runs what.',
    description:
      'With `status=unassigned`: what nobody runs, and why. With `heldBack=parked` or ' +
      '`heldBack=isolated`: what is not placed because it failed, or because its instances died. ' +
      'Disabled and deleted streams are listed only while somebody still holds them.',
  })
  @ApiPage(AssignmentDto, 'Assignments by stream id.')
  @Problems('FLEET_UNKNOWN')
  async list(
    @Param('fleet') fleet: string,
    @Query() query: AssignmentListQuery,
  ): Promise<Page<AssignmentView>> {
    const { fleetId } = await this.fleets.get(fleet);
    const { serverId = null, status = null, heldBack = null } = query;
    const filter = { serverId, status, heldBack };
    return listAssignments(this.reads, fleetId, filter, toPageRequest(query));
  }
}
