import { DEFAULT_FLEET_SETTINGS, DomainError } from '@weir/domain';
import type { FleetSettings, FleetView } from '@weir/domain';
import { notifyFleet } from '../connection/notify';
import type { SqlSession } from '../connection/sql-session';
import { appendEvents } from '../history/event.writer';
import type { NewEvent } from '../ownership/ownership.transaction';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { toIso, toPage } from './page';
import type { Page, PageRequest } from './page';

interface FleetViewRow {
  readonly fleet: string;
  readonly settings: Partial<FleetSettings>;
  readonly revision: number;
  readonly instances: number;
  readonly streams: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const VIEW = `
select f.name as fleet, f.settings, r.revision,
  (select count(*)::integer from instances i where i.fleet_id = f.fleet_id
    and i.status not in ('lost', 'left')) as instances,
  (select count(*)::integer from streams s where s.fleet_id = f.fleet_id
    and s.deleted_at is null) as streams,
  f.created_at as "createdAt", f.updated_at as "updatedAt"
from fleets f join fleet_revisions r using (fleet_id)`;

/**
 * Fleets by name, with how many live instances and streams they have. The cursor is a name.
 * @param onlyFleetId the one fleet that the caller may see, or null for all.
 */
export async function listFleetViews(
  sql: SqlSession,
  page: PageRequest,
  onlyFleetId: number | null,
): Promise<Page<FleetView>> {
  const rows = await sql.query<FleetViewRow>(
    `${VIEW} where ($1::text is null or f.name > $1) and ($2::bigint is null or f.fleet_id = $2)
     order by f.name limit $3`,
    [page.after, onlyFleetId, page.limit + 1],
  );
  return toPage(rows, page.limit, { toItem: toView, cursorOf: (row) => row.fleet });
}

/** One fleet as operators see it. @throws DomainError FLEET_UNKNOWN */
export async function getFleetView(sql: SqlSession, name: string): Promise<FleetView> {
  const rows = await sql.query<FleetViewRow>(`${VIEW} where f.name = $1`, [name]);
  if (!rows[0]) throw new DomainError('FLEET_UNKNOWN', `no fleet ${name}`);
  return toView(rows[0]);
}

/**
 * Changes a fleet's settings; what differs from the defaults is stored. Says what changed in events
 * and wakes the control loop. Setting what holds already changes nothing.
 * @param compute the settings to be, from those that are; throws when they do not fit together.
 * @throws DomainError FLEET_UNKNOWN
 */
export function changeFleetSettings(
  runner: TransactionRunner,
  name: string,
  compute: (current: FleetSettings) => FleetSettings,
): Promise<void> {
  return runner.run('change-fleet', { onUnknownCommit: 'repeat' }, async (sql) => {
    const rows = await sql.query<{ fleetId: number; settings: Partial<FleetSettings> }>(
      'select fleet_id as "fleetId", settings from fleets where name = $1 for update',
      [name],
    );
    const fleet = rows[0];
    if (!fleet) throw new DomainError('FLEET_UNKNOWN', `no fleet ${name}`);
    const current = { ...DEFAULT_FLEET_SETTINGS, ...fleet.settings };
    const next = compute(current);
    const events = describeChanges(current, next);
    if (events.length === 0) return;
    await sql.query(
      'update fleets set settings = $2, updated_at = weir_now() where fleet_id = $1',
      [fleet.fleetId, JSON.stringify(withoutDefaults(next))],
    );
    await appendEvents(sql, fleet.fleetId, events);
    await notifyFleet(sql, { fleetId: fleet.fleetId, servers: [], work: true, events: true });
  });
}

const SETTING_NAMES = Object.keys(DEFAULT_FLEET_SETTINGS) as (keyof FleetSettings)[];

function withoutDefaults(settings: FleetSettings): Partial<FleetSettings> {
  const own = SETTING_NAMES.filter((name) => settings[name] !== DEFAULT_FLEET_SETTINGS[name]);
  return Object.fromEntries(own.map((name) => [name, settings[name]]));
}

/** Freezing is an event of its own, because operators look for it. */
function describeChanges(current: FleetSettings, next: FleetSettings): NewEvent[] {
  const changed = SETTING_NAMES.filter((name) => current[name] !== next[name]);
  const events: NewEvent[] = [];
  if (changed.includes('frozen')) {
    events.push(
      next.frozen
        ? {
            kind: 'fleet.frozen',
            severity: 'WARNING',
            message: 'frozen: nothing is placed, moved or taken over',
          }
        : { kind: 'fleet.unfrozen', message: 'unfrozen: the control loop goes on' },
    );
  }
  const others = changed.filter((name) => name !== 'frozen');
  if (others.length > 0) {
    events.push({
      kind: 'fleet.changed',
      message: `settings changed: ${others.map((name) => `${name} = ${next[name]}`).join(', ')}`,
      detail: Object.fromEntries(
        others.map((name) => [name, { from: current[name], to: next[name] }]),
      ),
    });
  }
  return events;
}

function toView(row: FleetViewRow): FleetView {
  return {
    ...row,
    settings: { ...DEFAULT_FLEET_SETTINGS, ...row.settings },
    createdAt: toIso(row.createdAt),
    updatedAt: toIso(row.updatedAt),
  };
}
