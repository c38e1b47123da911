import { DomainError, computeLoadFactor } from '@weir/domain';
import type {
  InstanceCapacity,
  InstanceMetrics,
  InstanceStatus,
  InstanceView,
  Labels,
} from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import { toIso, toPage } from './page';
import type { Page, PageRequest } from './page';

interface InstanceViewRow {
  readonly serverId: string;
  readonly host: string;
  readonly port: number;
  readonly status: InstanceStatus;
  readonly incarnation: number;
  readonly maxStreams: number;
  readonly assignedStreams: number;
  readonly capacity: InstanceCapacity;
  readonly zone: string | null;
  readonly labels: Labels;
  readonly metrics: InstanceMetrics;
  readonly failureCount: number;
  readonly recoveryCount: number;
  readonly clientVersion: string | null;
  readonly registeredAt: Date;
  readonly lastHeartbeatAt: Date | null;
  readonly leaseExpiresAt: Date | null;
  readonly flappingUntil: Date | null;
}

/** A fenced lease is none. */
const VIEW = `
select i.server_id as "serverId", i.host, i.port, i.status, i.incarnation,
  i.max_streams as "maxStreams", coalesce(c.held_count, 0) as "assignedStreams", i.capacity, i.zone,
  i.labels, coalesce(l.metrics, '{}') as metrics, i.failure_count as "failureCount",
  i.recovery_count as "recoveryCount", i.client_version as "clientVersion",
  i.registered_at as "registeredAt", l.last_heartbeat as "lastHeartbeatAt",
  case when not l.fenced then l.lease_expires_at end as "leaseExpiresAt",
  case when i.flapping_until > weir_now() then i.flapping_until end as "flappingUntil"
from instances i
left join instance_leases l using (fleet_id, server_id)
left join instance_counters c using (fleet_id, server_id)`;

/** Instances by name, those that are gone included. The cursor is a server id. */
export async function listInstances(
  sql: SqlSession,
  fleetId: number,
  filter: { readonly status: InstanceStatus | null },
  page: PageRequest,
): Promise<Page<InstanceView>> {
  const rows = await sql.query<InstanceViewRow>(
    `${VIEW} where i.fleet_id = $1 and ($2::text is null or i.server_id > $2)
       and ($3::text is null or i.status = $3)
     order by i.server_id limit $4`,
    [fleetId, page.after, filter.status, page.limit + 1],
  );
  return toPage(rows, page.limit, { toItem: toView, cursorOf: (row) => row.serverId });
}

/** @throws DomainError INSTANCE_UNKNOWN */
export async function getInstance(
  sql: SqlSession,
  fleetId: number,
  serverId: string,
): Promise<InstanceView> {
  const rows = await sql.query<InstanceViewRow>(
    `${VIEW} where i.fleet_id = $1 and i.server_id = $2`,
    [fleetId, serverId],
  );
  if (!rows[0]) throw new DomainError('INSTANCE_UNKNOWN', `no instance ${serverId} in this fleet`);
  return toView(rows[0]);
}

/** JSON has no Infinity: an instance that holds streams and may hold none is told by the count. */
function toView(row: InstanceViewRow): InstanceView {
  const loadFactor = computeLoadFactor(row.assignedStreams, row.maxStreams);
  return {
    ...row,
    loadFactor: Number.isFinite(loadFactor) ? loadFactor : row.assignedStreams,
    registeredAt: toIso(row.registeredAt),
    lastHeartbeatAt: toIso(row.lastHeartbeatAt),
    leaseExpiresAt: toIso(row.leaseExpiresAt),
    flappingUntil: toIso(row.flappingUntil),
  };
}
