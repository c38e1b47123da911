import { Controller, Get, Header, Res, UseGuards } from '@nestjs/common';
import { OperationalGuard } from '@weir/observability';
import { HealthService } from './health.service';
import type { HealthAnswer } from './health.service';

/** What is needed of a Fastify reply. */
interface StatusReply {
  status(code: number): unknown;
}

/** The six endpoints that every service has. */
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get()
  @Header('cache-control', 'no-store')
  async basic(@Res({ passthrough: true }) reply: StatusReply): Promise<HealthAnswer['body']> {
    return send(reply, await this.health.readBasic());
  }

  @Get('liveness')
  @Header('cache-control', 'no-store')
  liveness(@Res({ passthrough: true }) reply: StatusReply): HealthAnswer['body'] {
    return send(reply, this.health.readLiveness());
  }

  @Get('readiness')
  @Header('cache-control', 'no-store')
  async readiness(@Res({ passthrough: true }) reply: StatusReply): Promise<HealthAnswer['body']> {
    return send(reply, await this.health.readReadiness());
  }

  @Get('detailed')
  @UseGuards(OperationalGuard)
  @Header('cache-control', 'no-store')
  async detailed(@Res({ passthrough: true }) reply: StatusReply): Promise<HealthAnswer['body']> {
    return send(reply, await this.health.readDetailed());
  }

  @Get('database')
  @UseGuards(OperationalGuard)
  @Header('cache-control', 'no-store')
  async database(@Res({ passthrough: true }) reply: StatusReply): Promise<HealthAnswer['body']> {
    return send(reply, await this.health.readNamed(['database', 'databasePool', 'schema']));
  }

  @Get('redis')
  @UseGuards(OperationalGuard)
  @Header('cache-control', 'no-store')
  async redis(@Res({ passthrough: true }) reply: StatusReply): Promise<HealthAnswer['body']> {
    return send(reply, await this.health.readNamed(['redis']));
  }
}

function send(reply: StatusReply, { httpStatus, body }: HealthAnswer): HealthAnswer['body'] {
  reply.status(httpStatus);
  return body;
}
