import { decideFlappingMs, isScattering } from '@weir/domain';
import type { FleetSettings } from '@weir/domain';
import type { OwnershipChange } from './ownership.transaction';

/** Suspects kept of one loss: those that the instance had got last. */
const SUSPECTS_MAX = 500;

/** How an incarnation ended that did not say goodbye. */
export type LossCause = 'taken-over' | 'replaced';

/**
 * Notes that these incarnations ended without a goodbye, one row each, and which streams they had
 * got not long before. Before anything of theirs is changed: it reads what they hold. A stream that
 * still waited for somebody else's lease was never started and is not suspect.
 */
export async function recordLosses(
  change: OwnershipChange,
  serverIds: readonly string[],
  rule: { readonly cause: LossCause; readonly settings: FleetSettings },
): Promise<void> {
  if (serverIds.length === 0) return;
  await change.sql.query(RECORD, [
    change.fleetId,
    serverIds,
    rule.cause,
    rule.settings.isolateRecentMs,
  ]);
  change.hasWork = true;
}

const RECORD = `
insert into instance_losses (fleet_id, server_id, incarnation, cause, last_sign_at, held_count,
  suspect_ids, suspect_ages)
select l.fleet_id, l.server_id, l.incarnation, $3, sign.at, held.count,
  coalesce(held.ids[1:${SUSPECTS_MAX}], '{}'), coalesce(held.ages[1:${SUSPECTS_MAX}], '{}')
from instance_leases l
join instances i on i.fleet_id = l.fleet_id and i.server_id = l.server_id
cross join lateral (select coalesce(l.last_heartbeat, i.registered_at) as at) sign
cross join lateral (
  select count(*)::integer as count,
    array_agg(a.stream_id order by a.started_at desc, a.stream_id)
      filter (where a.is_recent) as ids,
    array_agg(greatest(a.least_ms, extract(epoch from sign.at - a.started_at) * 1000)::integer
      order by a.started_at desc, a.stream_id) filter (where a.is_recent) as ages
  from (
    select o.stream_id, greatest(o.assigned_at, o.not_before) as started_at,
      case when $3 = 'taken-over' and o.running_since is null then 0 else 1 end as least_ms,
      greatest(o.assigned_at, o.not_before)
        between sign.at - $4 * interval '1 millisecond' and weir_now() as is_recent
    from assignments o where o.fleet_id = l.fleet_id and o.server_id = l.server_id
  ) a
) held
where l.fleet_id = $1 and l.server_id = any($2)`;

/** What a registration after a crash means. */
export interface CrashReturn {
  /** Streams that the instance crashed with too often: they are placed anew. */
  readonly scattered: ReadonlySet<string> | 'all';
}

interface FlapPicture {
  readonly flaps: number;
  readonly wasFlapping: boolean;
  readonly flapping: number;
  readonly instances: number;
  readonly hasAlternative: boolean;
  readonly suspects: readonly string[] | null;
}

/**
 * Draws the conclusions for an instance that came back without having left: one that flaps is given
 * nothing new for a while, and what it crashed with twice goes elsewhere. Not when most of the
 * fleet would count as flapping: then it is not the instances, and nobody were left to take
 * anything. And what nobody else has room for stays.
 */
export async function judgeReturn(
  change: OwnershipChange,
  serverId: string,
  settings: FleetSettings,
): Promise<CrashReturn> {
  const picture = await readFlaps(change, serverId, settings);
  const isWidespread = (picture.flapping + 1) * 2 > picture.instances;
  const flappingMs = isWidespread ? 0 : decideFlappingMs(picture.flaps, settings);
  if (flappingMs > 0) await markFlapping(change, serverId, { ...picture, flappingMs });
  if (!picture.hasAlternative || !isScattering(picture.flaps)) return { scattered: new Set() };
  return { scattered: flappingMs > 0 ? 'all' : new Set(picture.suspects ?? []) };
}

async function readFlaps(
  change: OwnershipChange,
  serverId: string,
  { flapWindowMs }: FleetSettings,
): Promise<FlapPicture> {
  const rows = await change.sql.query<FlapPicture>(FLAPS, [change.fleetId, serverId, flapWindowMs]);
  const none = { flaps: 0, wasFlapping: false, flapping: 0, instances: 0, hasAlternative: false };
  return rows[0] ?? { ...none, suspects: null };
}

/** An alternative is an instance that could take something now. */
const FLAPS = `
select
  (select count(*)::integer from instance_losses l
    where l.fleet_id = $1 and l.server_id = $2
      and l.lost_at > greatest(i.flaps_from, weir_now() - $3 * interval '1 millisecond')) as flaps,
  coalesce(i.flapping_until > weir_now(), false) as "wasFlapping",
  o.flapping, o.instances, o."hasAlternative",
  (select l.suspect_ids::text[] from instance_losses l
    where l.fleet_id = $1 and l.server_id = $2 order by l.loss_id desc limit 1) as suspects
from instances i
cross join lateral (
  select count(*)::integer as instances,
    (count(*) filter (where n.flapping_until > weir_now() and n.server_id <> $2))::integer
      as flapping,
    coalesce(bool_or(n.server_id <> $2 and n.status = 'ready' and n.max_streams > c.held_count
      and (n.flapping_until is null or n.flapping_until <= weir_now())
      and not l.fenced and l.lease_expires_at > weir_now()), false) as "hasAlternative"
  from instances n
  join instance_leases l on l.fleet_id = n.fleet_id and l.server_id = n.server_id
  join instance_counters c on c.fleet_id = n.fleet_id and c.server_id = n.server_id
  where n.fleet_id = $1 and n.status in ('ready', 'cordoned', 'draining')
) o
where i.fleet_id = $1 and i.server_id = $2`;

async function markFlapping(
  change: OwnershipChange,
  serverId: string,
  found: {
    readonly flaps: number;
    readonly flappingMs: number;
    readonly wasFlapping: boolean;
  },
): Promise<void> {
  const { flaps, flappingMs, wasFlapping } = found;
  await change.sql.query(
    `update instances set flapping_until = weir_now() + $3 * interval '1 millisecond'
     where fleet_id = $1 and server_id = $2`,
    [change.fleetId, serverId, flappingMs],
  );
  if (wasFlapping) return;
  change.record({
    kind: 'instance.flapping',
    severity: 'WARNING',
    serverId,
    message:
      `came back ${flaps} times without having left: it gets nothing new for ` +
      `${Math.round(flappingMs / 1_000)} s; uncordon it to end that`,
    detail: { flaps, flappingMs },
  });
}
