import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApplication, ServiceModule } from '@weir/bootstrap';
import { loadConfig } from '@weir/config';
import {
  applyPlacements,
  changeOwnership,
  ensureFleet,
  listFleets,
  openScheduledReport,
  registerInstance,
  renewLeases,
} from '@weir/database';
import type { Database, FleetRecord } from '@weir/database';
import { computeDigest } from '@weir/domain';
import type { Finding, StreamEpoch } from '@weir/domain';
import { ServiceState } from '@weir/health';
import { createLogger, MetricsRegistry } from '@weir/observability';
import type { JobProducer } from '@weir/queues';
import type { TestDatabase } from '@weir/testing';
import { CONFIG_SECTIONS, SERVICE_NAME } from './app.module';
import { FleetVerifier } from './run/fleet.verifier';
import { SERVICE } from './service.definition';

const LEASE_TTL_MS = 15_000;

/** A small fleet in a test database, ways to break it, and one checker that looks at it. */
export class CheckedFleet {
  readonly rung: string[] = [];
  readonly verifier: FleetVerifier;

  private constructor(
    readonly database: Database,
    readonly record: FleetRecord,
  ) {
    const jobs = {
      ringBalance: (name: string) => Promise.resolve(this.rung.push(name) > 0),
    } as unknown as JobProducer;
    this.verifier = new FleetVerifier(database, jobs);
  }

  static async create(database: Database, name: string): Promise<CheckedFleet> {
    return new CheckedFleet(database, await ensureFleet(database.control, name));
  }

  get fleetId(): number {
    return this.record.fleetId;
  }

  async register(serverId: string, maxStreams = 1_000): Promise<number> {
    const request = { serverId, host: '127.0.0.1', port: 7080, maxStreams };
    const registered = await registerInstance(
      this.database.control,
      this.fleetId,
      request,
      LEASE_TTL_MS,
    );
    return registered.incarnation;
  }

  addStreams(count: number): Promise<string[]> {
    return changeOwnership(this.database.control, this.fleetId, 'test', async (change) => {
      const rows = await change.sql.query<{ streamId: string }>(
        `insert into streams (fleet_id, name, source_encrypted, source_fingerprint, source_redacted)
         select $1, 'stream-' || gen_random_uuid(), ''::bytea, ''::bytea, 'http://radio/'
         from generate_series(1, $2) returning stream_id::text as "streamId"`,
        [this.fleetId, count],
      );
      const streamIds = rows.map(({ streamId }) => streamId);
      await change.sql.query(
        `insert into assignments (fleet_id, stream_id, revision)
         select $1, unnest($2::bigint[]), $3`,
        [this.fleetId, streamIds, change.revision],
      );
      return streamIds;
    });
  }

  async place(streamIds: readonly string[], serverId: string): Promise<StreamEpoch[]> {
    const epochs = await this.query<StreamEpoch>(
      `select stream_id::text as "streamId", epoch from assignments
       where fleet_id = $1 and stream_id = any($2::bigint[])`,
      [this.fleetId, streamIds],
    );
    const placements = epochs.map(({ streamId, epoch }) => ({
      streamId,
      serverId,
      expectedEpoch: epoch,
      reason: 'test',
      gain: 0,
      cost: 0,
    }));
    return applyPlacements(this.database.control, this.fleetId, placements);
  }

  /** One heartbeat that reports what is given as running, having seen everything. */
  async beat(serverId: string, incarnation: number, running: readonly StreamEpoch[]) {
    const { count, digest } = computeDigest(running);
    const [result] = await renewLeases(this.database.heartbeat, [
      {
        fleetId: this.fleetId,
        serverId,
        incarnation,
        seenRevision: await this.revision(),
        runningCount: count,
        runningDigest: digest,
        metrics: undefined,
        leaseTtlMs: LEASE_TTL_MS,
      },
    ]);
    return result;
  }

  async owned(serverId: string): Promise<StreamEpoch[]> {
    return this.query<StreamEpoch>(
      `select stream_id::text as "streamId", epoch from assignments
       where fleet_id = $1 and server_id = $2 and status in ('starting', 'running')`,
      [this.fleetId, serverId],
    );
  }

  /** A scheduled run by this fleet's checker. */
  async verify(repair = true) {
    const [record] = (await listFleets(this.database.control)).filter(
      ({ fleetId }) => fleetId === this.fleetId,
    );
    const report = await openScheduledReport(this.database.control, this.fleetId, repair);
    return this.verifier.verify(record ?? this.record, report);
  }

  /** Writes past the triggers, as a bug or a restored backup would. */
  async corrupt(text: string, values: readonly unknown[] = []): Promise<void> {
    await this.database.control.run('corrupt', { onUnknownCommit: 'repeat' }, async (sql) => {
      await sql.query('set local session_replication_role = replica');
      await sql.query(text, values);
    });
  }

  query<T extends object>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    return this.database.control.query<T>(text, values);
  }

  async eventKinds(): Promise<string[]> {
    const rows = await this.query<{ kind: string }>(
      'select kind from events where fleet_id = $1 order by event_id',
      [this.fleetId],
    );
    return rows.map(({ kind }) => kind);
  }

  private async revision(): Promise<number> {
    const rows = await this.query<{ revision: number }>(
      'select revision from fleet_revisions where fleet_id = $1',
      [this.fleetId],
    );
    return rows[0]?.revision ?? 0;
  }
}

export function kindsOf(findings: readonly Finding[]): string[] {
  return findings.map(({ kind }) => kind);
}

/** One replica of the service on a test database; without Redis unless a port is given. */
export async function startChecker(
  test: TestDatabase,
  env: Readonly<Record<string, string>> = {},
): Promise<NestFastifyApplication> {
  const { options } = test;
  const config = loadConfig(CONFIG_SECTIONS, {
    WEIR_ENV: 'test',
    LOG_LEVEL: 'silent',
    DB_HOST: options.host,
    DB_PORT: String(options.port),
    DB_NAME: options.name,
    DB_USER: options.user,
    DB_PASSWORD: options.password,
    REDIS_PORT: '1',
    ...env,
  });
  const state = new ServiceState(SERVICE_NAME);
  const metrics = new MetricsRegistry(SERVICE_NAME);
  const context = { config, state, metrics, logger: createLogger(config.logging, SERVICE_NAME) };
  const root = ServiceModule.around(context, [SERVICE.module(context)]);
  const app = await createApplication(root, context);
  await app.listen(0, '127.0.0.1');
  state.markReady();
  return app;
}
