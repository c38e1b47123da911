import type { Assignment, Desired, JsonObject } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import type { SourceCipher } from '../crypto/source.cipher';

/**
 * "Everything of this instance newer than this revision": what it owns, and its ends of moves. -1
 * asks for everything.
 */
export interface DeliveryQuery {
  readonly fleetId: number;
  readonly serverId: string;
  readonly seenRevision: number;
}

export interface Delivery {
  /** The fleet's revision in the same snapshot as the changes. */
  readonly revision: number;
  /** The incarnation that they are meant for; null when there is no such instance. */
  readonly incarnation: number | null;
  readonly changes: Assignment[];
}

interface DeliveryRow {
  readonly position: number;
  readonly fleetRevision: number;
  readonly currentIncarnation: number | null;
  readonly streamId: string | null;
  readonly epoch: number;
  readonly desired: Desired;
  readonly notBeforeMs: number | null;
  readonly checkpoint: JsonObject | null;
  readonly name: string;
  readonly source: Buffer;
  readonly exclusive: boolean;
  readonly autonomyMs: number;
  readonly config: JsonObject;
}

/**
 * Reads what instances have not seen, for many instances in one statement: revision and changes
 * come from one snapshot, and since revisions are ordered as commits are, nothing can be missed.
 * @returns one delivery per query, in the order given.
 */
export async function readDeliveries(
  sql: SqlSession,
  cipher: SourceCipher,
  queries: readonly DeliveryQuery[],
): Promise<Delivery[]> {
  const rows = await sql.query<DeliveryRow>(DELIVER, [
    queries.map((query) => query.fleetId),
    queries.map((query) => query.serverId),
    queries.map((query) => query.seenRevision),
  ]);
  const deliveries: { revision: number; incarnation: number | null; changes: Assignment[] }[] =
    queries.map(() => ({ revision: 0, incarnation: null, changes: [] }));
  for (const row of rows) {
    const delivery = deliveries[row.position];
    if (!delivery) continue;
    delivery.revision = row.fleetRevision;
    delivery.incarnation = row.currentIncarnation;
    if (row.streamId !== null) delivery.changes.push(toAssignment(row, row.streamId, cipher));
  }
  return deliveries;
}

const DELIVER = `
select q.position::integer - 1 as position, f.revision as "fleetRevision",
  i.incarnation as "currentIncarnation",
  x.stream_id::text as "streamId", x.epoch, x.desired, a.checkpoint,
  case when x.not_before > weir_now()
    then ceil(extract(epoch from x.not_before - weir_now()) * 1000)::integer end as "notBeforeMs",
  s.name, s.source_encrypted as source, s.exclusive, s.autonomy_ms as "autonomyMs", s.config
from unnest($1::bigint[], $2::text[], $3::bigint[])
  with ordinality as q (fleet_id, server_id, seen_revision, position)
join fleet_revisions f on f.fleet_id = q.fleet_id
left join instances i on i.fleet_id = q.fleet_id and i.server_id = q.server_id
left join lateral (
  select o.stream_id, o.epoch, o.revision, o.not_before,
    case when o.status = 'stopping' then 'stop' else 'run' end as desired
  from assignments o where o.fleet_id = q.fleet_id and o.server_id = q.server_id
    and o.incarnation = i.incarnation and o.revision > q.seen_revision
  union all
  select e.stream_id, e.epoch, e.revision, null, e.desired
  from move_ends e where e.fleet_id = q.fleet_id and e.server_id = q.server_id
    and e.incarnation = i.incarnation and e.revision > q.seen_revision
) x on true
left join assignments a on a.fleet_id = q.fleet_id and a.stream_id = x.stream_id
left join streams s on s.fleet_id = q.fleet_id and s.stream_id = x.stream_id
order by q.position, x.revision, x.stream_id`;

function toAssignment(row: DeliveryRow, streamId: string, cipher: SourceCipher): Assignment {
  return {
    streamId,
    epoch: row.epoch,
    desired: row.desired,
    ...(row.notBeforeMs !== null && { notBeforeMs: row.notBeforeMs }),
    exclusive: row.exclusive,
    ...(row.autonomyMs > 0 && { autonomyMs: row.autonomyMs }),
    stream: { name: row.name, source: cipher.decrypt(row.source), config: row.config },
    ...(row.checkpoint && { checkpoint: row.checkpoint }),
  };
}
