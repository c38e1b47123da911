import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Page } from '@weir/database';
import type { AssignmentView, StreamView } from '@weir/domain';
import { AssignmentDto } from '../assignments/assignment.dto';
import { Requires } from '../auth/requires.decorator';
import { Repeatable } from '../idempotency/repeatable.decorator';
import { Problems } from '../openapi/problems.decorator';
import { ApiPage } from '../operator/page.answer';
import { toPageRequest } from '../operator/page.query';
import { MayBeStale } from '../stale/may-be-stale.decorator';
import { StreamListQuery, toStreamFilter } from './stream-list.query';
import { NewStreamDto, StreamDto, StreamPatchDto } from './stream.dto';
import { StreamsService } from './streams.service';

@ApiTags('streams')
@Controller('v1/fleets/:fleet/streams')
export class StreamsController {
  constructor(private readonly streams: StreamsService) {}

  @Get()
  @MayBeStale()
  @Requires('viewer')
  @ApiOperation({ summary: 'List streams in the order in which they were made.' })
  @ApiPage(StreamDto, 'Streams by id.')
  @Problems('FLEET_UNKNOWN')
  list(@Param('fleet') fleet: string, @Query() query: StreamListQuery): Promise<Page<StreamView>> {
    return this.streams.list(fleet, toStreamFilter(query), toPageRequest(query));
  }

  @Post()
  @Requires('operator')
  @Repeatable()
  @ApiOperation({ summary: 'Create a stream. It is placed as soon as an instance can take it.' })
  @ApiBody({ type: NewStreamDto })
  @ApiCreatedResponse({ type: StreamDto })
  @Problems('FLEET_UNKNOWN', 'STREAM_NAME_TAKEN')
  create(@Param('fleet') fleet: string, @Body() body: unknown): Promise<StreamView> {
    return this.streams.create(fleet, body);
  }

  @Get(':streamId')
  @MayBeStale()
  @Requires('viewer')
  @ApiOperation({ summary: 'Get a stream.' })
  @ApiOkResponse({ type: StreamDto })
  @Problems('FLEET_UNKNOWN', 'STREAM_UNKNOWN')
  get(@Param('fleet') fleet: string, @Param('streamId') streamId: string): Promise<StreamView> {
    return this.streams.get(fleet, streamId);
  }

  @Patch(':streamId')
  @Requires('operator')
  @Repeatable()
  @ApiOperation({
    summary: 'Change some fields of a stream.',
    description:
      'A change of name, source, config, exclusive or autonomyMs starts the stream anew at its ' +
      'owner; `enabled: false` stops it. A change of those, or of requires, avoid or enabled, ' +
      'also ends that it is parked or isolated.',
  })
  @ApiBody({ type: StreamPatchDto })
  @ApiOkResponse({ type: StreamDto })
  @Problems('FLEET_UNKNOWN', 'STREAM_UNKNOWN', 'STREAM_NAME_TAKEN')
  change(
    @Param('fleet') fleet: string,
    @Param('streamId') streamId: string,
    @Body() body: unknown,
  ): Promise<StreamView> {
    return this.streams.change(fleet, streamId, body);
  }

  @Post(':streamId/retry')
  @HttpCode(200)
  @Requires('operator')
  @Repeatable()
  @ApiOperation({
    summary: 'Try a stream again that failed, is parked or isolated.',
    description:
      'Its failures, and the losses of instances that spoke against it, are forgotten; it is ' +
      'placed like any other. Changes nothing for a stream of which nothing bad is known.',
  })
  @ApiOkResponse({ type: AssignmentDto })
  @Problems('FLEET_UNKNOWN', 'STREAM_UNKNOWN')
  retry(
    @Param('fleet') fleet: string,
    @Param('streamId') streamId: string,
  ): Promise<AssignmentView> {
    return this.streams.retry(fleet, streamId);
  }

  @Delete(':streamId')
  @HttpCode(204)
  @Requires('operator')
  @Repeatable()
  @ApiOperation({ summary: 'Stop and delete a stream. Deleting it again changes nothing.' })
  @ApiNoContentResponse()
  @Problems('FLEET_UNKNOWN', 'STREAM_UNKNOWN')
  delete(@Param('fleet') fleet: string, @Param('streamId') streamId: string): Promise<void> {
    return this.streams.delete(fleet, streamId);
  }
}
