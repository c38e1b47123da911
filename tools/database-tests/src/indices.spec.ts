import {
  Database,
  advanceProbation,
  applyAcks,
  applyPlacements,
  changeOwnership,
  ensureFleet,
  failOverdueStarts,
  findUpkeep,
  forgetFailures,
  judgeLosses,
  leaveFleet,
  readDeliveries,
  readFleetDelta,
  registerInstance,
  renewLeases,
  resyncInstance,
  retryStream,
  startMoves,
  takeOverInstances,
  writeStreamReports,
} from '@weir/database';
import { DEFAULT_FLEET_SETTINGS } from '@weir/domain';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { cipher } from './fleet.test-support';

const STREAMS = 100_000;
const INSTANCES = 1_000;
/** Reading more rows than this one after the other means that an index is missing. */
const ROWS_WITHOUT_INDEX_MAX = 100;

let test: TestDatabase;
let database: Database;
let fleetId: number;

beforeAll(async () => {
  test = await createTestDatabase('indices');
  // One connection, so that its statistics can be flushed before they are read.
  database = new Database({ ...test.options, connectionsMax: 1 }, () => undefined);
  fleetId = (await ensureFleet(database.control, 'large')).fleetId;
  await fill();
}, 120_000);
afterAll(async () => {
  await database.close();
  await test.close();
});

/** 100,000 running streams on 1,000 instances, with history and reports. */
async function fill(): Promise<void> {
  const { control } = database;
  await control.query(
    `insert into streams (fleet_id, name, source_encrypted, source_fingerprint, source_redacted)
     select $1, 'stream-' || n, $3, $3, 'http://radio/' from generate_series(1, $2::integer) n`,
    [fleetId, STREAMS, cipher.encrypt('http://radio/')],
  );
  await control.query(
    `insert into instances (fleet_id, server_id, host, port, status, incarnation, max_streams)
     select $1, 'server-' || n, '10.0.0.1', 80, 'ready', 1, 1000 from generate_series(0, $2::integer - 1) n`,
    [fleetId, INSTANCES],
  );
  await control.query(
    `insert into instance_leases (fleet_id, server_id, incarnation, lease_expires_at, granted_ttl_ms)
     select fleet_id, server_id, 1, weir_now() + interval '1 hour', 15000 from instances`,
  );
  await control.query(
    `insert into assignments (fleet_id, stream_id, server_id, incarnation, epoch, status, revision)
     select fleet_id, stream_id, 'server-' || stream_id % $1::integer, 1, 1, 'running', stream_id
     from streams`,
    [INSTANCES],
  );
  await control.query(
    `insert into instance_counters (fleet_id, server_id, held_count, run_count)
     select fleet_id, server_id, count(*), count(*) from assignments group by 1, 2`,
  );
  await control.query('update fleet_revisions set revision = $1', [STREAMS + 1]);
  await control.query(
    `insert into stream_reports (fleet_id, stream_id, server_id, load, reported_at)
     select fleet_id, stream_id, server_id, 1, weir_now() - interval '1 hour' from assignments`,
  );
  await control.query(
    `insert into events (fleet_id, kind, stream_id, server_id, message)
     select fleet_id, 'stream.placed', stream_id, server_id, 'placed' from assignments`,
  );
  await control.query('vacuum analyze');
}

const sender = { serverId: 'server-7', incarnation: 1 };
const settings = DEFAULT_FLEET_SETTINGS;

const operations: Record<string, () => Promise<unknown>> = {
  'a batch of heartbeats': () =>
    renewLeases(
      database.heartbeat,
      Array.from({ length: 50 }, (_unused, index) => ({
        fleetId,
        serverId: `server-${index}`,
        incarnation: 1,
        seenRevision: STREAMS + 1,
        runningCount: 100,
        runningDigest: '0000000000000000',
        metrics: undefined,
        leaseTtlMs: 15_000,
      })),
    ),
  'changes for an instance': () =>
    readDeliveries(database.control, cipher, [
      { fleetId, serverId: 'server-7', seenRevision: STREAMS - 50 },
    ]),
  'all assignments of an instance': () =>
    readDeliveries(database.control, cipher, [{ fleetId, serverId: 'server-7', seenRevision: -1 }]),
  'what changed for the planner': () =>
    readFleetDelta(database.control, fleetId, { revision: STREAMS, loadsSinceMs: Date.now() }),
  'reports of streams': () =>
    writeStreamReports(database.control, [
      { fleetId, streamId: '7', serverId: 'server-7', load: 2, state: 'running', error: null },
    ]),
  'acknowledging that a stream runs': () =>
    applyAcks(database.control, fleetId, sender, {
      acks: [{ streamId: '7', epoch: 1, state: 'running' }],
      settings,
    }),
  'a move': () =>
    startMoves(
      database.control,
      fleetId,
      [
        {
          streamId: '7',
          fromServerId: 'server-7',
          toServerId: 'server-8',
          expectedEpoch: 1,
          reason: 'test',
          gain: 1,
          cost: 1,
        },
      ],
      { stepTimeoutMs: 10_000 },
    ),
  'handing a stream over': () =>
    applyAcks(database.control, fleetId, sender, {
      acks: [{ streamId: '7', epoch: 1, state: 'stopped' }],
      settings,
    }),
  'a resync': () =>
    resyncInstance(database.control, cipher, { fleetId, sender, report: { running: [] } }),
  'a registration': () =>
    registerInstance(
      database.control,
      fleetId,
      { serverId: 'server-9', host: '10.0.0.1', port: 80, maxStreams: 1_000 },
      15_000,
    ),
  leaving: () => leaveFleet(database.control, fleetId, { serverId: 'server-11', incarnation: 1 }),
  'a placement': () =>
    applyPlacements(database.control, fleetId, [
      { streamId: '11', serverId: 'server-12', expectedEpoch: 1, reason: 'test', gain: 0, cost: 0 },
    ]),
  'a takeover': async () => {
    await database.control.query(
      `update instance_leases set lease_expires_at = weir_now() where fleet_id = $1 and server_id = $2`,
      [fleetId, 'server-13'],
    );
    return takeOverInstances(database.control, fleetId, [
      { serverId: 'server-13', incarnation: 1, renewals: 0 },
    ]);
  },
  'conclusions from a takeover': () => judgeLosses(database.control, fleetId, settings),
  'what is due about streams that fail': () => findUpkeep(database.control, fleetId, settings),
  'starts that hang': () => failOverdueStarts(database.control, fleetId, settings),
  'failures that may be forgotten': () => forgetFailures(database.control, fleetId, settings),
  'isolated streams to try again': () => advanceProbation(database.control, fleetId, settings),
  'trying a stream again': () => retryStream(database.control, fleetId, '42'),
  'streams without an owner': () =>
    database.control.query(
      `select stream_id from assignments where fleet_id = $1 and status = 'unassigned'
       order by stream_id limit 100`,
      [fleetId],
    ),
  'a stream by its name': () =>
    database.control.query(
      `select stream_id from streams where fleet_id = $1 and name = $2 and deleted_at is null`,
      [fleetId, 'stream-500'],
    ),
  'the newest events of a stream': () =>
    database.control.query(
      `select event_id from events where fleet_id = $1 and stream_id = $2 order by event_id desc limit 50`,
      [fleetId, 500],
    ),
};

/**
 * Rows read one after the other so far, by table; `instances` are so few that a scan may be right.
 */
async function rowsScanned(): Promise<Record<string, number>> {
  await database.control.query('select pg_stat_force_next_flush()');
  await database.heartbeat.query('select pg_stat_force_next_flush()');
  const rows = await database.control.query<{ name: string; scanned: number }>(
    `select regexp_replace(relname, '_([0-9]{8}|default)$', '') as name, sum(seq_tup_read)::bigint as scanned
     from pg_stat_user_tables
     where relname ~ '^(streams|assignments|stream_reports|moves|events)' group by 1`,
  );
  return Object.fromEntries(rows.map((row) => [row.name, Number(row.scanned)]));
}

describe(`with ${STREAMS} streams on ${INSTANCES} instances, an index serves`, () => {
  it.each(Object.keys(operations))('%s', async (name) => {
    const before = await rowsScanned();
    await operations[name]!();
    const after = await rowsScanned();
    const scanned = Object.entries(after).map(([table, count]) => [table, count - before[table]!]);
    expect(scanned.filter(([, count]) => Number(count) > ROWS_WITHOUT_INDEX_MAX)).toEqual([]);
  });

  it('and the check itself notices a scan', async () => {
    const before = await rowsScanned();
    await changeOwnership(database.control, fleetId, 'scan', (change) =>
      change.sql.query('select count(*) from assignments where parkings = 17'),
    );
    const after = await rowsScanned();
    expect(after['assignments']! - before['assignments']!).toBeGreaterThan(ROWS_WITHOUT_INDEX_MAX);
  });
});

it('renews leases without touching an index (HOT updates)', async () => {
  const renew = operations['a batch of heartbeats']!;
  for (let round = 0; round < 20; round += 1) await renew();
  await database.heartbeat.query('select pg_stat_force_next_flush()');
  const [row] = await database.control.query<{ updates: number; hot: number }>(
    `select n_tup_upd as updates, n_tup_hot_upd as hot from pg_stat_user_tables
     where relname = 'instance_leases'`,
  );
  expect(row!.hot / row!.updates).toBeGreaterThan(0.95);
});
