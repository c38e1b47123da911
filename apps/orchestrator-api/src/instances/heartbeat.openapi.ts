import { getSchemaPath } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { EMPTY_DIGEST } from '@weir/domain';
import { groupByStatus, problemResponse } from '../openapi/problems.decorator';
import { HeartbeatAnswerDto, HeartbeatDto } from './heartbeat.dto';

type PathItem = OpenAPIObject['paths'][string];

export const HEARTBEAT_MODELS = [HeartbeatDto, HeartbeatAnswerDto];

const name = (parameter: string) => ({
  name: parameter,
  in: 'path' as const,
  required: true,
  schema: { type: 'string' as const, pattern: '^[A-Za-z0-9._-]{1,128}$' },
});

const EXAMPLE: HeartbeatDto = {
  incarnation: 3,
  seenRevision: 42,
  running: { count: 0, digest: EMPTY_DIGEST },
  metrics: { cpu: 0.4, memory: 0.2, eventLoopLagMs: 3 },
};

/** The heartbeat is not one of Nest's routes, so its documentation is written down here. */
export const HEARTBEAT_PATH_ITEM: PathItem = {
  post: {
    operationId: 'HeartbeatRoute_beat',
    tags: ['for instances'],
    summary: 'Heartbeat: renews the lease, and hears what changed.',
    parameters: [name('fleet'), name('serverId')],
    security: [{ bearer: [] }],
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: { $ref: getSchemaPath(HeartbeatDto) }, example: EXAMPLE },
      },
    },
    responses: {
      200: {
        description: 'The lease is renewed, and the renewal committed.',
        content: { 'application/json': { schema: { $ref: getSchemaPath(HeartbeatAnswerDto) } } },
      },
      ...Object.fromEntries(
        groupByStatus([
          'FLEET_UNKNOWN',
          'INSTANCE_UNKNOWN',
          'INCARNATION_FENCED',
          'BODY_TOO_LARGE',
        ]).map(([status, codes]) => [status, problemResponse(codes)]),
      ),
    },
  },
};
