import type { Database } from '@weir/database';

/** @throws Error for a fleet that does not exist. */
export async function findFleetId({ control }: Database, name: string): Promise<number> {
  const rows = await control.query<{ fleetId: number }>(
    `select fleet_id as "fleetId" from fleets where name = $1`,
    [name],
  );
  if (rows[0] === undefined) throw new Error(`there is no fleet ${name}`);
  return rows[0].fleetId;
}

/** Streams that should run and do not, or that run on an instance that is gone. */
export async function countUnsettled(
  { control }: Database,
  fleetIds: readonly number[],
  gone: readonly string[],
): Promise<number> {
  const rows = await control.query<{ unsettled: number }>(
    `select count(*)::integer as unsettled from assignments
     where fleet_id = any($1) and (status <> 'running' or server_id = any($2))`,
    [fleetIds, gone],
  );
  return rows[0]?.unsettled ?? 0;
}

/** A lost instance by the database's clock: ms since 1970, and how much later it was fenced. */
export interface LostLease {
  readonly serverId: string;
  readonly leaseEndsMs: number;
  readonly overdueMs: number;
}

/** Leases of instances that were taken over; read it before they register again. */
export function readLostLeases(
  { control }: Database,
  fleetId: number,
  serverIds: readonly string[],
): Promise<LostLease[]> {
  return control.query<LostLease>(
    `select l.server_id as "serverId",
       extract(epoch from l.lease_expires_at)::double precision * 1000 as "leaseEndsMs",
       e.overdue_ms as "overdueMs"
     from instance_leases l
     join lateral (
       select (detail ->> 'overdueMs')::double precision as overdue_ms from events
       where fleet_id = l.fleet_id and server_id = l.server_id and kind = 'instance.lost'
       order by event_id desc limit 1
     ) e on true
     where l.fleet_id = $1 and l.server_id = any($2) and l.fenced`,
    [fleetId, serverIds],
  );
}

/** Who owns a stream, and the revision of the transaction that made it so. */
export interface CurrentGrant {
  readonly streamId: string;
  readonly serverId: string;
  readonly revision: number;
}

export function readGrants({ control }: Database, fleetId: number): Promise<CurrentGrant[]> {
  return control.query<CurrentGrant>(
    `select stream_id::text as "streamId", server_id as "serverId", revision from assignments
     where fleet_id = $1 and server_id is not null`,
    [fleetId],
  );
}

/** Failovers that led to one of these instances. */
export async function countFailoversTo(
  { control }: Database,
  fleetId: number,
  serverIds: readonly string[],
): Promise<number> {
  const rows = await control.query<{ failovers: number }>(
    `select count(*)::integer as failovers from events
     where fleet_id = $1 and kind = 'stream.placed' and server_id = any($2)
       and detail ->> 'reason' = 'failover'`,
    [fleetId, serverIds],
  );
  return rows[0]?.failovers ?? 0;
}

/** How often the mass-loss brake of a fleet engaged. */
export async function countMassLossBrakes({ control }: Database, fleetId: number): Promise<number> {
  const rows = await control.query<{ times: number }>(
    `select count(*)::integer as times from events
     where fleet_id = $1 and kind = 'brake.engaged' and detail ->> 'brake' = 'mass-loss'`,
    [fleetId],
  );
  return rows[0]?.times ?? 0;
}
