import type { CanActivate } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ConfigModule, loadConfig, standardSections } from '@weir/config';
import { DatabaseModule, databaseOptionsOf } from '@weir/database';
import { freePorts, startPostgres, startRedis } from '@weir/embedded';
import type { PostgresServer, RedisServer } from '@weir/embedded';
import { OPERATIONAL_GUARD } from '@weir/observability';
import { QueuesModule } from '@weir/queues';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HealthModule } from './health.module';
import { ServiceState } from './service.state';

export interface Backends {
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  readonly env: Readonly<Record<string, string>>;
  end(): Promise<void>;
}

/** PostgreSQL with an empty database, and Redis, for one test file. */
export async function startBackends(): Promise<Backends> {
  const dir = await mkdtemp(join(tmpdir(), 'weir-health-'));
  const [databasePort = 0, redisPort = 0] = await freePorts(2);
  const [postgres, redis] = await Promise.all([
    startPostgres({
      dataDir: join(dir, 'postgres'),
      port: databasePort,
      password: 'test',
      logFile: join(dir, 'postgres.log'),
      durable: false,
    }),
    startRedis({ port: redisPort, dir: join(dir, 'redis'), logFile: join(dir, 'redis.log') }),
  ]);
  await postgres.createDatabase('weir');
  return {
    postgres,
    redis,
    env: {
      WEIR_ENV: 'test',
      DB_PORT: String(databasePort),
      DB_USER: postgres.user,
      DB_PASSWORD: postgres.password,
      REDIS_PORT: String(redisPort),
    },
    end: async () => {
      await Promise.all([postgres.stop(), redis.stop()]);
      await rm(dir, { recursive: true, force: true });
      await rm(postgres.dataDir, { recursive: true, force: true });
    },
  };
}

const onlyViewer: CanActivate = {
  canActivate: (context) =>
    context.switchToHttp().getRequest().headers['authorization'] === 'Bearer viewer',
};

@Module({
  providers: [{ provide: OPERATIONAL_GUARD, useValue: onlyViewer }],
  exports: [OPERATIONAL_GUARD],
})
class GuardModule {}

/** A small service with the health endpoints and nothing else. */
export async function createApp(
  env: Readonly<Record<string, string>>,
  state: ServiceState,
): Promise<NestFastifyApplication> {
  const config = loadConfig(standardSections, env);
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.forRoot(config),
      DatabaseModule.forRoot(
        databaseOptionsOf(config.database, state.service),
        config.secrets.encryptionKey.reveal(),
      ),
      QueuesModule.forRoot(),
      HealthModule.forService({ state }),
      { module: GuardModule, global: true },
    ],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
    logger: false,
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
