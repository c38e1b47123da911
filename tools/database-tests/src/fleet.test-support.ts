import {
  SourceCipher,
  applyAcks,
  applyPlacements,
  changeOwnership,
  ensureFleet,
  observeLeases,
  readDeliveries,
  registerInstance,
  startMoves,
  takeOverInstances,
} from '@weir/database';
import type { Database, Delivery, Granted, Renewal, StartedMove, TakenOver } from '@weir/database';
import { DEFAULT_FLEET_SETTINGS, EMPTY_DIGEST } from '@weir/domain';
import type { Ack, AckResult, RegisterRequest } from '@weir/domain';

export const cipher = new SourceCipher('a key that is only used in tests');

/** A small fleet in a test database, and short ways to look at it. */
export class TestFleet {
  private constructor(
    readonly database: Database,
    readonly fleetId: number,
  ) {}

  static async create(database: Database, name: string): Promise<TestFleet> {
    const fleet = await ensureFleet(database.control, name);
    return new TestFleet(database, fleet.fleetId);
  }

  async register(serverId: string, more: Partial<RegisterRequest> = {}): Promise<number> {
    const request = { serverId, host: '127.0.0.1', port: 7080, maxStreams: 1_000, ...more };
    const { incarnation } = await registerInstance(
      this.database.control,
      this.fleetId,
      request,
      15_000,
    );
    return incarnation;
  }

  /** Creates streams and gives back their ids. */
  addStreams(
    count: number,
    columns: { exclusive?: boolean; autonomyMs?: number } = {},
  ): Promise<string[]> {
    return changeOwnership(this.database.control, this.fleetId, 'test', async (change) => {
      const rows = await change.sql.query<{ streamId: string }>(
        `insert into streams (fleet_id, name, source_encrypted, source_fingerprint, source_redacted,
           exclusive, autonomy_ms)
         select $1, 'stream-' || gen_random_uuid(), $3, $3, 'http://radio/', $4, $5
         from generate_series(1, $2) returning stream_id::text as "streamId"`,
        [
          this.fleetId,
          count,
          cipher.encrypt('http://radio/'),
          columns.exclusive ?? true,
          columns.autonomyMs ?? 0,
        ],
      );
      await change.sql.query(
        `insert into assignments (fleet_id, stream_id, revision)
         select $1, unnest($2::bigint[]), $3`,
        [this.fleetId, rows.map((row) => row.streamId), change.revision],
      );
      return rows.map((row) => row.streamId);
    });
  }

  async deliver(serverId: string, seenRevision = -1): Promise<Delivery> {
    const [delivery] = await readDeliveries(this.database.control, cipher, [
      { fleetId: this.fleetId, serverId, seenRevision },
    ]);
    return delivery!;
  }

  async assignment(streamId: string): Promise<AssignmentRow> {
    const rows = await this.database.control.query<AssignmentRow>(
      `select server_id as "serverId", incarnation, epoch, status, revision, checkpoint, failures,
         failed_on as "failedOn", reserved_epoch as "reservedEpoch",
         extract(epoch from not_before - weir_now())::double precision * 1000 as "notBeforeMs",
         extract(epoch from rest_until - weir_now())::double precision * 1000 as "restMs"
       from assignments where fleet_id = $1 and stream_id = $2`,
      [this.fleetId, streamId],
    );
    return rows[0]!;
  }

  async counters(serverId: string): Promise<{ held: number; run: number; digest: string }> {
    const rows = await this.database.control.query<{ held: number; run: number; digest: string }>(
      `select held_count as held, run_count as run, lpad(to_hex(run_digest), 16, '0') as digest
       from instance_counters where fleet_id = $1 and server_id = $2`,
      [this.fleetId, serverId],
    );
    return rows[0]!;
  }

  place(streamIds: readonly string[], serverId: string, expectedEpoch = 0): Promise<Granted[]> {
    const writes = streamIds.map((streamId) => ({
      streamId,
      serverId,
      expectedEpoch,
      reason: 'test',
      gain: 1,
      cost: 0.25,
    }));
    return applyPlacements(this.database.control, this.fleetId, writes);
  }

  ack(serverId: string, incarnation: number, acks: readonly Ack[]): Promise<AckResult[]> {
    const input = { acks, settings: DEFAULT_FLEET_SETTINGS };
    return applyAcks(this.database.control, this.fleetId, { serverId, incarnation }, input);
  }

  renewal(serverId: string, incarnation: number, more: Partial<Renewal> = {}): Renewal {
    return {
      fleetId: this.fleetId,
      serverId,
      incarnation,
      seenRevision: 0,
      runningCount: 0,
      runningDigest: EMPTY_DIGEST,
      metrics: undefined,
      leaseTtlMs: 15_000,
      ...more,
    };
  }

  async takeOver(serverId: string, incarnation: number): Promise<TakenOver[]> {
    const leases = await observeLeases(this.database.control, this.fleetId);
    const renewals = leases.find((lease) => lease.serverId === serverId)?.renewals ?? 0;
    return takeOverInstances(this.database.control, this.fleetId, [
      { serverId, incarnation, renewals },
    ]);
  }

  startMove(streamId: string, from: string, to: string, epoch: number): Promise<StartedMove[]> {
    const move = {
      streamId,
      fromServerId: from,
      toServerId: to,
      expectedEpoch: epoch,
      reason: 'test',
      gain: 0.5,
      cost: 0.125,
    };
    return startMoves(this.database.control, this.fleetId, [move], { stepTimeoutMs: 10_000 });
  }

  /** What `serverId` is told of the stream, as its ack would name it. */
  async told(serverId: string, streamId: string): Promise<{ desired: string; epoch: number }> {
    const { changes } = await this.deliver(serverId);
    const found = changes.find((change) => change.streamId === streamId);
    return { desired: found?.desired ?? 'nothing', epoch: found?.epoch ?? -1 };
  }

  /** The target of a move says that it is prepared, so that the source is told to stop. */
  async prepared(serverId: string, incarnation: number, streamId: string): Promise<AckResult[]> {
    const { epoch } = await this.told(serverId, streamId);
    return this.ack(serverId, incarnation, [{ streamId, epoch, state: 'prepared' }]);
  }

  /** Every move, oldest first. */
  moves(): Promise<MoveRow[]> {
    return this.database.control.query<MoveRow>(
      `select move_id as "moveId", stream_id::text as "streamId", state, error
       from moves where fleet_id = $1 order by move_id`,
      [this.fleetId],
    );
  }

  /** Who has something to do with streams that others own. */
  ends(): Promise<EndRow[]> {
    return this.database.control.query<EndRow>(
      `select stream_id::text as "streamId", server_id as "serverId", desired, epoch
       from move_ends where fleet_id = $1 order by stream_id, server_id`,
      [this.fleetId],
    );
  }

  /** The details of every event of this kind, oldest first. */
  async details(kind: string): Promise<Record<string, unknown>[]> {
    const rows = await this.database.control.query<{ detail: Record<string, unknown> }>(
      'select detail from events where fleet_id = $1 and kind = $2 order by event_id',
      [this.fleetId, kind],
    );
    return rows.map((row) => row.detail);
  }

  async eventKinds(): Promise<string[]> {
    const rows = await this.database.control.query<{ kind: string }>(
      'select kind from events where fleet_id = $1 order by event_id',
      [this.fleetId],
    );
    return rows.map((row) => row.kind);
  }
}

export interface MoveRow {
  readonly moveId: number;
  readonly streamId: string;
  readonly state: string;
  readonly error: string | null;
}

export interface EndRow {
  readonly streamId: string;
  readonly serverId: string;
  readonly desired: string;
  readonly epoch: number;
}

export interface AssignmentRow {
  readonly serverId: string | null;
  readonly incarnation: number | null;
  readonly epoch: number;
  readonly status: string;
  readonly revision: number;
  readonly checkpoint: unknown;
  readonly failures: number;
  readonly failedOn: string[];
  readonly reservedEpoch: number;
  readonly notBeforeMs: number | null;
  readonly restMs: number | null;
}
