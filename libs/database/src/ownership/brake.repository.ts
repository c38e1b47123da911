import { DomainError, invariant } from '@weir/domain';
import type { BrakeBeat, BrakeRelease, BrakeView, FleetSettings } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';
import { listServices } from './service-status.repository';
import type { ServiceRecord } from './service-status.repository';

/** Replicas beat every two seconds; one that was silent for longer holds nothing. In ms. */
const BEAT_COUNTS_MS = 10_000;
/** A release covers the loss that it was given for, and replicas that see that loss later. */
const RELEASED_LEASES = 2;

/** The fleet whose brake is meant. */
export interface BrakedFleet {
  readonly fleetId: number;
  readonly name: string;
  readonly settings: FleetSettings;
}

export interface ReleaseOrder {
  readonly reason: string;
  readonly releasedBy: string;
}

/**
 * Lets the mass-loss brake of a fleet go: takeovers go on, and it does not engage again until the
 * longer of `massLossHoldMs` and two leases is over. Asked for again meanwhile, it is the same
 * release.
 * @throws DomainError BRAKE_NOT_ENGAGED when nothing holds
 */
export function releaseMassLoss(
  runner: TransactionRunner,
  fleet: BrakedFleet,
  order: ReleaseOrder,
): Promise<BrakeRelease> {
  return changeOwnership(runner, fleet.fleetId, 'release-brake', async (change) => {
    const [known] = await readBrakeReleases(change.sql, fleet.fleetId);
    if (known) return known;
    await assertEngaged(change, fleet);
    const { leaseTtlMs, massLossHoldMs } = fleet.settings;
    const forMs = Math.max(massLossHoldMs, RELEASED_LEASES * leaseTtlMs);
    const [release] = await change.sql.query<ReleaseRow>(
      `insert into brake_releases as r (fleet_id, brake, released_until, released_by, reason)
       values ($1, 'mass-loss', weir_now() + $2 * interval '1 millisecond', $3, $4)
       on conflict (fleet_id, brake) do update set released_at = weir_now(),
         released_until = excluded.released_until, released_by = excluded.released_by,
         reason = excluded.reason
       returning ${RELEASE_COLUMNS}`,
      [fleet.fleetId, forMs, order.releasedBy, order.reason],
    );
    invariant(release, 'an upsert returns its row');
    recordRelease(change, order, forMs);
    return toRelease(release);
  });
}

async function assertEngaged(change: OwnershipChange, fleet: BrakedFleet): Promise<void> {
  const { brakes } = await readBrakes(change.sql, fleet);
  if (brakes.some(({ brake }) => brake === 'mass-loss')) return;
  if (await hasJustEngaged(change, fleet.settings.massLossHoldMs)) return;
  throw new DomainError('BRAKE_NOT_ENGAGED', `the mass-loss brake of ${fleet.name} does not hold`);
}

/** The history says so before the replica's next beat does. */
async function hasJustEngaged(change: OwnershipChange, withinMs: number): Promise<boolean> {
  const rows = await change.sql.query<{ kind: string }>(
    `select kind from events
     where fleet_id = $1 and kind in ('brake.engaged', 'brake.released')
       and detail @> '{"brake": "mass-loss"}' and at > weir_now() - $2 * interval '1 millisecond'
     order by event_id desc limit 1`,
    [change.fleetId, withinMs],
  );
  return rows[0]?.kind === 'brake.engaged';
}

function recordRelease(change: OwnershipChange, order: ReleaseOrder, forMs: number): void {
  change.hasWork = true;
  change.record({
    kind: 'brake.released',
    severity: 'WARNING',
    message:
      `${order.releasedBy} let the mass-loss brake go (${order.reason}): failover goes on, and the ` +
      `brake does not engage for ${forMs} ms`,
    detail: { brake: 'mass-loss', ...order, forMs },
  });
}

/** Which brakes hold, as the replicas of balancer-worker told with their last beats. */
export async function readBrakes(
  sql: SqlSession,
  fleet: BrakedFleet,
): Promise<{ readonly brakes: BrakeView[] }> {
  const replicas = await listServices(sql, BEAT_COUNTS_MS);
  const held = new Map<string, BrakeView>();
  for (const record of replicas) {
    if (record.status === 'stopped') continue;
    for (const beat of findBeats(record, fleet.name)) {
      const view = toView(record, beat);
      const known = held.get(beat.kind);
      held.set(beat.kind, known ? merge(known, view) : view);
    }
  }
  held.delete('frozen');
  if (fleet.settings.frozen) held.set('frozen', FROZEN);
  return { brakes: [...held.values()] };
}

/** A setting: true whatever the replicas have seen of it so far. */
const FROZEN: BrakeView = {
  brake: 'frozen',
  since: null,
  until: null,
  isReleasable: false,
  replicas: [],
};

/** The replicas of an older release tell only which brake holds. */
function findBeats(record: ServiceRecord, fleet: string): BrakeBeat[] {
  const { brakes } = record.detail;
  if (!Array.isArray(brakes)) return [];
  return (brakes as BrakeBeat[])
    .filter((beat) => beat?.fleet === fleet && typeof beat.kind === 'string')
    .map(({ kind, forMs, endsInMs }) => ({
      fleet,
      kind,
      forMs: Number(forMs ?? 0),
      endsInMs: endsInMs ?? null,
    }));
}

function toView({ lastSeen, replica }: ServiceRecord, beat: BrakeBeat): BrakeView {
  const at = lastSeen.getTime();
  return {
    brake: beat.kind,
    since: new Date(at - beat.forMs).toISOString(),
    until: beat.endsInMs === null ? null : new Date(at + beat.endsInMs).toISOString(),
    isReleasable: beat.kind === 'mass-loss',
    replicas: [replica],
  };
}

/** Any replica takes over: it ends with the first that lets go. */
function merge(one: BrakeView, other: BrakeView): BrakeView {
  const [since] = [one.since, other.since].filter((at) => at !== null).sort();
  const [until] = [one.until, other.until].filter((at) => at !== null).sort();
  const replicas = [...one.replicas, ...other.replicas];
  return { ...one, since: since ?? null, until: until ?? null, replicas };
}

interface ReleaseRow {
  readonly brake: 'mass-loss';
  readonly at: Date;
  readonly until: Date;
  readonly releasedBy: string;
  readonly reason: string;
}

const RELEASE_COLUMNS = `r.brake, r.released_at as at, r.released_until as until,
  r.released_by as "releasedBy", r.reason`;

/** Releases that still count. */
export async function readBrakeReleases(sql: SqlSession, fleetId: number): Promise<BrakeRelease[]> {
  const rows = await sql.query<ReleaseRow>(
    `select ${RELEASE_COLUMNS} from brake_releases r
     where r.fleet_id = $1 and r.released_until > weir_now()`,
    [fleetId],
  );
  return rows.map(toRelease);
}

function toRelease({ at, until, ...row }: ReleaseRow): BrakeRelease {
  return { ...row, at: at.toISOString(), until: until.toISOString() };
}
