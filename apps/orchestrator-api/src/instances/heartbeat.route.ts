import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { isName, PROTOCOL_LIMITS } from '@weir/domain';
import { Authorizer } from '../auth/authorizer';
import type { HttpRequest, HttpServer } from '../http/fastify.types';
import { inputError } from '../problem/validation.problems';
import { assertHeartbeat } from './heartbeat.check';
import { HeartbeatService } from './heartbeat.service';

export const HEARTBEAT_PATH = '/v1/fleets/:fleet/instances/:serverId/heartbeat';

interface HeartbeatPath {
  readonly fleet: string;
  readonly serverId: string;
}

const ROLES = ['instance'] as const;

/**
 * Helmet's fifteen headers are for pages; no browser comes here, and they would be half of the
 * answer.
 */
const WITHOUT_BROWSER_HEADERS = { helmet: false } as const;
const ANSWER_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/**
 * The heartbeat is what this service does most, so it goes from Fastify straight to the service,
 * without Nest's guards and pipes. It is authorized before its body is read, and what it throws
 * ends in the same filter as everything else.
 */
@Injectable()
export class HeartbeatRoute implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly authorizer: Authorizer,
    private readonly heartbeats: HeartbeatService,
  ) {}

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getInstance<HttpServer>();
    server.route({
      method: 'POST',
      url: HEARTBEAT_PATH,
      bodyLimit: PROTOCOL_LIMITS.heartbeatBodyBytes,
      ...WITHOUT_BROWSER_HEADERS,
      onRequest: (request) => this.authorize(request),
      handler: (request, reply) => {
        reply.headers(ANSWER_HEADERS);
        return this.answer(request);
      },
    });
  }

  private async authorize(request: HttpRequest): Promise<void> {
    const { fleet, serverId } = request.params as HeartbeatPath;
    await this.authorizer.authorize({
      authorization: request.headers.authorization,
      fleet,
      serverId,
      roles: ROLES,
      isFleetFiltered: false,
    });
  }

  private async answer(request: HttpRequest): Promise<string> {
    const { fleet, serverId } = request.params as HeartbeatPath;
    assertAddress(request);
    assertHeartbeat(request.body);
    return JSON.stringify(await this.heartbeats.beat(fleet, serverId, request.body));
  }
}

/** @throws DomainError INVALID_INPUT */
function assertAddress({ params, query }: HttpRequest): void {
  const problems = Object.entries(params as Record<string, string>)
    .filter(([, name]) => !isName(name))
    .map(([path]) => ({
      path,
      message: 'must be 1 to 128 letters, digits, dots, underscores or hyphens',
    }));
  for (const path in query as object) problems.push({ path, message: 'is not a known field' });
  if (problems.length > 0) throw inputError(problems);
}
