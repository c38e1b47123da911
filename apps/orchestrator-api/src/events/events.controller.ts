import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OrdinaryReads, listEvents } from '@weir/database';
import type { Page } from '@weir/database';
import type { EventView } from '@weir/domain';
import { Requires } from '../auth/requires.decorator';
import { EventStream } from '../http/event.stream';
import type { HttpReply, HttpRequest } from '../http/fastify.types';
import { FleetsCache } from '../notices/fleets.cache';
import { Problems } from '../openapi/problems.decorator';
import { ApiPage } from '../operator/page.answer';
import { ID_PATTERN, toPageRequest } from '../operator/page.query';
import { MayBeStale } from '../stale/may-be-stale.decorator';
import { EventWatchHub } from './event-watch.hub';
import { EventDto, EventListQuery, EventWatchQuery } from './event.dto';

@ApiTags('events')
@Controller('v1/fleets/:fleet/events')
@Requires('viewer')
export class EventsController {
  constructor(
    private readonly reads: OrdinaryReads,
    private readonly fleets: FleetsCache,
    private readonly hub: EventWatchHub,
  ) {}

  @Get()
  @MayBeStale()
  @ApiOperation({ summary: 'List what happened in a fleet, newest last.' })
  @ApiPage(EventDto, 'Events by id.')
  @Problems('FLEET_UNKNOWN')
  async list(
    @Param('fleet') fleet: string,
    @Query() query: EventListQuery,
  ): Promise<Page<EventView>> {
    const { fleetId } = await this.fleets.get(fleet);
    const filter = {
      streamId: query.streamId ?? null,
      serverId: query.serverId ?? null,
      kind: query.kind ?? null,
      since: query.since === undefined ? null : new Date(query.since),
    };
    return listEvents(this.reads, fleetId, filter, toPageRequest(query));
  }

  @Get('watch')
  @ApiOperation({
    summary: 'Watch what happens in a fleet, as server-sent events.',
    description:
      '`event: event` with an event, its id in `id`, in the order of ids and without gaps. ' +
      'Connecting again with Last-Event-ID goes on where it ended. A comment line every 10 s.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'As sent by browsers that connect again; goes before `after`.',
  })
  @ApiOkResponse({ content: { 'text/event-stream': { schema: { type: 'string' } } } })
  @Problems('FLEET_UNKNOWN')
  async watch(
    @Param('fleet') fleet: string,
    @Query() query: EventWatchQuery,
    @Req() request: HttpRequest,
    @Res() reply: HttpReply,
  ): Promise<void> {
    const { fleetId } = await this.fleets.get(fleet);
    const lastEventId = String(request.headers['last-event-id']);
    const given = ID_PATTERN.test(lastEventId) ? lastEventId : query.after;
    const after = await this.hub.findStart(given === undefined ? undefined : Number(given));
    this.hub.add({ fleetId, after, sink: EventStream.open(request, reply) });
  }
}
