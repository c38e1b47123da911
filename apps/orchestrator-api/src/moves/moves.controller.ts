import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Page } from '@weir/database';
import type { MoveView } from '@weir/domain';
import { WithCaller } from '../auth/caller.decorator';
import type { Caller } from '../auth/caller.decorator';
import { Requires } from '../auth/requires.decorator';
import { Repeatable } from '../idempotency/repeatable.decorator';
import { Problems } from '../openapi/problems.decorator';
import { ApiPage } from '../operator/page.answer';
import { toPageRequest } from '../operator/page.query';
import { MayBeStale } from '../stale/may-be-stale.decorator';
import { MoveDto, MoveListQuery, NewMoveDto } from './move.dto';
import { MovesService } from './moves.service';
import { NewMoveService } from './new-move.service';

@ApiTags('moves')
@Controller('v1/fleets/:fleet/moves')
export class MovesController {
  constructor(
    private readonly moves: MovesService,
    private readonly newMoves: NewMoveService,
  ) {}

  @Get()
  @MayBeStale()
  @Requires('viewer')
  @ApiOperation({ summary: 'List moves, newest first.' })
  @ApiPage(MoveDto, 'Moves, newest first.')
  @Problems('FLEET_UNKNOWN')
  list(@Param('fleet') fleet: string, @Query() query: MoveListQuery): Promise<Page<MoveView>> {
    const filter = { state: query.state ?? null, streamId: query.streamId ?? null };
    return this.moves.list(fleet, filter, toPageRequest(query));
  }

  @Get(':moveId')
  @MayBeStale()
  @Requires('viewer')
  @ApiOperation({ summary: 'Get a move with its state and reason.' })
  @ApiOkResponse({ type: MoveDto })
  @Problems('FLEET_UNKNOWN', 'MOVE_UNKNOWN')
  get(@Param('fleet') fleet: string, @Param('moveId') moveId: string): Promise<MoveView> {
    return this.moves.get(fleet, moveId);
  }

  @Post()
  @HttpCode(202)
  @Requires('operator')
  @Repeatable()
  @ApiOperation({
    summary: 'Move one stream to an instance of your choice.',
    description:
      'Begins at once, within `movesInFlightMax`. A stream that rests, or would gain nothing, is ' +
      'moved all the same; what forbids it there (status, labels, spread group, capacity, another ' +
      'move) is listed in `errors`.',
  })
  @ApiAcceptedResponse({ type: MoveDto })
  @Problems(
    'FLEET_UNKNOWN',
    'STREAM_UNKNOWN',
    'INSTANCE_UNKNOWN',
    'FLEET_FROZEN',
    'MOVE_STATE_CONFLICT',
    'MOVE_BUDGET_SPENT',
    'MOVE_FORBIDDEN',
    'PLANNING_BUSY',
  )
  begin(
    @Param('fleet') fleet: string,
    @Body() body: NewMoveDto,
    @WithCaller() { keyId }: Caller,
  ): Promise<MoveView> {
    return this.newMoves.begin(fleet, body, keyId);
  }

  @Post(':moveId/cancel')
  @HttpCode(200)
  @Requires('operator')
  @Repeatable()
  @ApiOperation({
    summary: 'Take a move back.',
    description:
      'A target that prepares or runs the stream beside its source is told to stop; a source that ' +
      'was told to stop and has not said so runs on. Not once the target owns the stream.',
  })
  @ApiOkResponse({ type: MoveDto })
  @Problems('FLEET_UNKNOWN', 'MOVE_UNKNOWN', 'MOVE_STATE_CONFLICT')
  cancel(
    @Param('fleet') fleet: string,
    @Param('moveId') moveId: string,
    @WithCaller() { keyId }: Caller,
  ): Promise<MoveView> {
    return this.moves.steer(fleet, moveId, { action: 'cancel', keyId });
  }

  @Post(':moveId/force')
  @HttpCode(200)
  @Requires('operator')
  @Repeatable()
  @ApiOperation({
    summary: 'Wait no longer for the other side of a move.',
    description:
      'preparing: the source is told to stop, prepared or not. stopping, exclusive: **the source is ' +
      'fenced**, so that all its streams go elsewhere when its lease (and their autonomy) is over. ' +
      'stopping, not exclusive: the move is done. starting: a conflict, cancel it instead.',
  })
  @ApiOkResponse({ type: MoveDto })
  @Problems('FLEET_UNKNOWN', 'MOVE_UNKNOWN', 'MOVE_STATE_CONFLICT', 'INSTANCE_STATE_CONFLICT')
  force(
    @Param('fleet') fleet: string,
    @Param('moveId') moveId: string,
    @WithCaller() { keyId }: Caller,
  ): Promise<MoveView> {
    return this.moves.steer(fleet, moveId, { action: 'force', keyId });
  }
}
