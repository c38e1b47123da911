import { DEFAULT_FLEET_SETTINGS, invariant } from '@weir/domain';
import type { FleetSettings } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import { appendEvents } from '../history/event.writer';
import type { TransactionRunner } from '../resilience/transaction-runner';

/** A fleet as the services know it: settings are the defaults with what was set on top. */
export interface FleetRecord {
  readonly fleetId: number;
  readonly name: string;
  readonly settings: FleetSettings;
}

interface FleetRow {
  readonly fleetId: number;
  readonly name: string;
  readonly settings: Partial<FleetSettings>;
}

/** The fleet of that name, or undefined. */
export async function findFleet(sql: SqlSession, name: string): Promise<FleetRecord | undefined> {
  const rows = await sql.query<FleetRow>(
    'select fleet_id as "fleetId", name, settings from fleets where name = $1',
    [name],
  );
  return rows[0] && toRecord(rows[0]);
}

/** The settings of a fleet that is locked. @throws when there is no such fleet */
export async function getFleetSettings(sql: SqlSession, fleetId: number): Promise<FleetSettings> {
  const rows = await sql.query<Pick<FleetRow, 'settings'>>(
    'select settings from fleets where fleet_id = $1',
    [fleetId],
  );
  invariant(rows[0], `fleet ${fleetId} has a revision but no row`);
  return { ...DEFAULT_FLEET_SETTINGS, ...rows[0].settings };
}

/** Every fleet, by name. */
export async function listFleets(sql: SqlSession): Promise<FleetRecord[]> {
  const rows = await sql.query<FleetRow>(
    'select fleet_id as "fleetId", name, settings from fleets order by name',
  );
  return rows.map(toRecord);
}

/** The fleet of that name, created with default settings when it is not there. */
export async function ensureFleet(runner: TransactionRunner, name: string): Promise<FleetRecord> {
  const known = await findFleet(runner, name);
  if (known) return known;
  return runner.run('create-fleet', { onUnknownCommit: 'repeat' }, async (sql) => {
    const created = await sql.query<FleetRow>(
      `insert into fleets (name) values ($1) on conflict (name) do nothing
       returning fleet_id as "fleetId", name, settings`,
      [name],
    );
    const row = created[0];
    if (row) await initialiseFleet(sql, row);
    const fleet = row ? toRecord(row) : await findFleet(sql, name);
    if (!fleet) throw new Error(`fleet ${name} vanished while it was created`);
    return fleet;
  });
}

async function initialiseFleet(sql: SqlSession, row: FleetRow): Promise<void> {
  await sql.query('insert into fleet_revisions (fleet_id) values ($1) on conflict do nothing', [
    row.fleetId,
  ]);
  await appendEvents(sql, row.fleetId, [
    { kind: 'fleet.created', message: `fleet ${row.name} created` },
  ]);
}

function toRecord(row: FleetRow): FleetRecord {
  return { ...row, settings: { ...DEFAULT_FLEET_SETTINGS, ...row.settings } };
}
