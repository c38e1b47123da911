import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApplication, ServiceModule } from '@weir/bootstrap';
import { loadConfig } from '@weir/config';
import {
  createKey,
  Database,
  databaseOptionsOf,
  migrate,
  storeKey,
  writeServiceBeat,
} from '@weir/database';
import type { ServiceBeat } from '@weir/database';
import type { Role, SystemHealth } from '@weir/domain';
import { freePorts, startPostgres } from '@weir/embedded';
import type { PostgresServer, RedisServer } from '@weir/embedded';
import { ServiceState } from '@weir/health';
import { createLogger, MetricsRegistry } from '@weir/observability';
import { createTestRedis } from '@weir/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONFIG_SECTIONS, SERVICE_NAME } from './app.module';
import { SERVICE } from './service.definition';

const SERVICES = ['orchestrator-api', 'balancer-worker', 'consistency-checker'];

/** A service as far as health goes: it beats, and answers its readiness with what it is told. */
export class StandInService {
  httpStatus = 200;
  private readonly server: Server;

  constructor(readonly name: string) {
    this.server = createServer((_request, response) => {
      response.writeHead(this.httpStatus).end('{}');
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get beat(): ServiceBeat {
    const { port } = this.server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const replica = `${this.name}-1`;
    return { service: this.name, replica, url, version: '0', status: 'ready', detail: {} };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A small real system: PostgreSQL and Redis that can be killed, services, and one aggregator. */
export class SmallSystem {
  readonly services = new Map<string, StandInService>();
  private readonly apps: NestFastifyApplication[] = [];
  private beating: NodeJS.Timeout | undefined;

  private constructor(
    readonly postgres: PostgresServer,
    readonly redis: RedisServer,
    readonly database: Database,
    private readonly place: { readonly folder: string; readonly env: Record<string, string> },
  ) {}

  static async start(): Promise<SmallSystem> {
    const folder = await mkdtemp(join(tmpdir(), 'weir-aggregator-'));
    const [port = 0] = await freePorts(1);
    const postgres = await startPostgres({
      dataDir: join(folder, 'postgres'),
      logFile: join(folder, 'postgres.log'),
      port,
      password: 'test',
      durable: false,
    });
    await postgres.createDatabase('weir');
    const redis = await createTestRedis();
    const env = {
      WEIR_ENV: 'test',
      LOG_LEVEL: 'silent',
      WEIR_HEALTH_INTERVAL: '1',
      DB_PORT: String(port),
      DB_USER: postgres.user,
      DB_PASSWORD: postgres.password,
      REDIS_PORT: String(redis.port),
    };
    const options = databaseOptionsOf(loadConfig(CONFIG_SECTIONS, env).database, 'weir-test');
    await migrate(options);
    const database = new Database(options, () => undefined);
    const system = new SmallSystem(postgres, redis, database, { folder, env });
    for (const name of SERVICES) {
      system.services.set(name, await new StandInService(name).start());
    }
    system.keepBeating();
    return system;
  }

  service(name: string): StandInService {
    return this.services.get(name) as StandInService;
  }

  /** Starts one replica of the aggregator. @returns its address */
  async startAggregator(): Promise<string> {
    const config = loadConfig(CONFIG_SECTIONS, this.place.env);
    const state = new ServiceState(SERVICE_NAME);
    const metrics = new MetricsRegistry(SERVICE_NAME);
    const context = { config, state, metrics, logger: createLogger(config.logging, SERVICE_NAME) };
    const root = ServiceModule.around(context, [SERVICE.module(context)]);
    const app = await createApplication(root, context);
    await app.listen(0, '127.0.0.1');
    state.markReady();
    this.apps.push(app);
    const url = await app.getUrl();
    this.aggregatorBeats.push({
      service: SERVICE_NAME,
      replica: `${SERVICE_NAME}-${this.apps.length}`,
      url,
      version: '0',
      status: 'ready',
      detail: {},
    });
    return url;
  }

  async createKey(role: Role): Promise<string> {
    const key = createKey(role);
    await storeKey(this.database.control, role, role, key);
    return key;
  }

  async readHealth(url: string, key: string): Promise<SystemHealth> {
    const response = await fetch(`${url}/v1/health`, {
      headers: { authorization: `Bearer ${key}` },
    });
    if (response.status !== 200) throw new Error(`answered ${response.status}`);
    return (await response.json()) as SystemHealth;
  }

  async stop(): Promise<void> {
    clearInterval(this.beating);
    for (const app of this.apps) await app.close();
    for (const service of this.services.values()) await service.stop();
    await this.database.close();
    await Promise.all([this.postgres.stop(), this.redis.stop()]);
    await rm(this.place.folder, { recursive: true, force: true });
    await rm(this.postgres.dataDir, { recursive: true, force: true });
  }

  private readonly aggregatorBeats: ServiceBeat[] = [];

  private keepBeating(): void {
    const beat = (): void => {
      const beats = [
        ...[...this.services.values()].map((one) => one.beat),
        ...this.aggregatorBeats,
      ];
      for (const one of beats) {
        writeServiceBeat(this.database.control, one).catch(() => undefined);
      }
    };
    this.beating = setInterval(beat, 500);
    beat();
  }
}

/** The words of all reasons, for a look at what is said. */
export function wordsOf(health: SystemHealth): string {
  return health.reasons.map(({ severity, message }) => `${severity} ${message}`).join('\n');
}
