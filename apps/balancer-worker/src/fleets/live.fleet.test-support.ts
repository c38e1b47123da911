import { changeOwnership, ensureFleet, findFleet, NotificationListener } from '@weir/database';
import type { Database, FleetRecord } from '@weir/database';
import type { FleetSettings, RegisterRequest, StreamResources } from '@weir/domain';
import { until } from '@weir/testing';
import { cipher, SimulatedInstance } from './simulated.instance.test-support';
import type { JournalEntry } from './simulated.instance.test-support';

/** Shorter than an operator may set, so that tests take seconds. */
export const SHORT: Partial<FleetSettings> = {
  leaseTtlMs: 900,
  reconcileIntervalMs: 200,
  massLossHoldMs: 1_500,
  moveCooldownMs: 0,
};

export interface StreamColumns {
  readonly requires?: Record<string, string>;
  readonly priority?: number;
  readonly weight?: number;
  readonly resources?: StreamResources;
  /** Without saying that there is work: only doorbells and the cadence make it known. */
  readonly isSilent?: boolean;
}

export interface HistoryRow {
  readonly kind: string;
  readonly severity: string;
  readonly streamId: string | null;
  readonly serverId: string | null;
  readonly message: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A fleet of simulated instances in a real database. */
export class LiveFleet {
  readonly journal: JournalEntry[] = [];
  readonly instances = new Map<string, SimulatedInstance>();
  private readonly listener: NotificationListener;

  private constructor(
    readonly database: Database,
    private readonly record: FleetRecord,
  ) {
    this.listener = new NotificationListener(database.options, {
      onNotice: ({ fleetId }) => fleetId === this.fleetId && this.deliverAll(),
      onGap: () => this.deliverAll(),
      onError: () => undefined,
    });
    this.listener.start();
  }

  static async create(
    database: Database,
    name: string,
    settings: Partial<FleetSettings> = {},
  ): Promise<LiveFleet> {
    await ensureFleet(database.control, name);
    await database.control.query('update fleets set settings = $2 where name = $1', [
      name,
      JSON.stringify({ ...SHORT, ...settings }),
    ]);
    const record = await findFleet(database.control, name);
    return new LiveFleet(database, record!);
  }

  get fleetId(): number {
    return this.record.fleetId;
  }

  get name(): string {
    return this.record.name;
  }

  get settings(): FleetSettings {
    return this.record.settings;
  }

  async join(serverId: string, more: Partial<RegisterRequest> = {}): Promise<SimulatedInstance> {
    const instance = await SimulatedInstance.join(this, serverId, more);
    this.instances.set(serverId, instance);
    instance.deliver();
    return instance;
  }

  addStreams(count: number, columns: StreamColumns = {}): Promise<string[]> {
    return changeOwnership(this.database.control, this.fleetId, 'test', async (change) => {
      const rows = await change.sql.query<{ streamId: string }>(
        `insert into streams (fleet_id, name, source_encrypted, source_fingerprint, source_redacted,
           requires, priority, weight, resources)
         select $1, 'stream-' || gen_random_uuid(), $3, $3, 'http://radio/', $4, $5, $6, $7
         from generate_series(1, $2) returning stream_id::text as "streamId"`,
        [
          this.fleetId,
          count,
          cipher.encrypt('http://radio/'),
          JSON.stringify(columns.requires ?? {}),
          columns.priority ?? 5,
          columns.weight ?? 1,
          JSON.stringify(columns.resources ?? {}),
        ],
      );
      await change.sql.query(
        `insert into assignments (fleet_id, stream_id, revision)
         select $1, unnest($2::bigint[]), $3`,
        [this.fleetId, rows.map((row) => row.streamId), change.revision],
      );
      change.hasWork = columns.isSilent !== true;
      return rows.map((row) => row.streamId);
    });
  }

  async set(settings: Partial<FleetSettings>): Promise<void> {
    await this.database.control.query(
      'update fleets set settings = settings || $2::jsonb where name = $1',
      [this.name, JSON.stringify(settings)],
    );
  }

  /** Streams by owner, as stored; streams without one under 'nobody'. */
  async counts(): Promise<Record<string, number>> {
    const rows = await this.database.control.query<{ owner: string; count: number }>(
      `select coalesce(server_id, 'nobody') as owner, count(*) as count
       from assignments where fleet_id = $1 group by 1`,
      [this.fleetId],
    );
    return Object.fromEntries(rows.map(({ owner, count }) => [owner, count]));
  }

  untilCounts(expected: Record<string, number>, timeoutMs?: number): Promise<unknown> {
    const wanted = JSON.stringify(Object.entries(expected).sort());
    return until(
      `streams are held as ${wanted}`,
      async () => JSON.stringify(Object.entries(await this.counts()).sort()) === wanted,
      timeoutMs,
    );
  }

  async status(serverId: string): Promise<string> {
    const rows = await this.database.control.query<{ status: string }>(
      'select status from instances where fleet_id = $1 and server_id = $2',
      [this.fleetId, serverId],
    );
    return rows[0]!.status;
  }

  history(kinds: readonly string[]): Promise<HistoryRow[]> {
    return this.database.control.query<HistoryRow>(
      `select kind, severity, stream_id::text as "streamId", server_id as "serverId", message,
         detail
       from events where fleet_id = $1 and kind = any($2) order by event_id`,
      [this.fleetId, kinds],
    );
  }

  async close(): Promise<void> {
    for (const instance of this.instances.values()) instance.kill();
    await this.listener.close();
  }

  private deliverAll(): void {
    for (const instance of this.instances.values()) instance.deliver();
  }
}
