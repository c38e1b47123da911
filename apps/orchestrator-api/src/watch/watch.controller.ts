import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { assertLive, Database } from '@weir/database';
import { Requires } from '../auth/requires.decorator';
import { EventStream } from '../http/event.stream';
import type { HttpReply, HttpRequest } from '../http/fastify.types';
import { InstanceParams, WatchQuery } from '../instances/instance.params';
import { FleetsCache } from '../notices/fleets.cache';
import { Problems } from '../openapi/problems.decorator';
import { WatchHub } from './watch.hub';

@ApiTags('for instances')
@Controller('v1/fleets/:fleet/instances/:serverId/watch')
export class WatchController {
  constructor(
    private readonly database: Database,
    private readonly fleets: FleetsCache,
    private readonly hub: WatchHub,
  ) {}

  @Get()
  @Requires('instance')
  @ApiOperation({
    summary: 'Watch: changes as soon as they are committed, as server-sent events.',
    description:
      '`event: changes` with `{revision, changes}`; `event: fenced`, then the end, when this ' +
      'incarnation is over. A comment line every 10 s.',
  })
  @ApiOkResponse({ content: { 'text/event-stream': { schema: { type: 'string' } } } })
  @Problems('FLEET_UNKNOWN', 'INSTANCE_UNKNOWN', 'INCARNATION_FENCED')
  async watch(
    @Param() { fleet, serverId }: InstanceParams,
    @Query() { incarnation, seenRevision }: WatchQuery,
    @Req() request: HttpRequest,
    @Res() reply: HttpReply,
  ): Promise<void> {
    const { fleetId } = await this.fleets.get(fleet);
    await assertLive(this.database.control, fleetId, { serverId, incarnation });
    this.hub.assertRoom();
    const sink = EventStream.open(request, reply);
    this.hub.add({ fleetId, serverId, incarnation, seenRevision, sink });
  }
}
