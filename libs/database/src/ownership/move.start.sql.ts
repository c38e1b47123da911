/**
 * Which of the wanted moves may begin, in their order. Each look-up repeats what the decision was
 * based on: the stream is its owner's under this epoch and wanted, has no move under way and
 * nothing to do with the target; the target is ready, holds a lease, is the incarnation that was
 * thought of, and has room for what it holds, its ends included. Budgets count moves under way and
 * those before in the list: of the fleet for all, of each instance for those that spare instances.
 * Parameters: fleet, streams, sources, targets, epochs, incarnations, spares, most in the fleet,
 * most of an instance.
 */
export const CHOOSE_MOVES = `
with wanted as (
  select * from unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[],
    $7::boolean[]) with ordinality
    as w (stream_id, from_id, to_id, epoch, incarnation, spares, position)
), live as (
  select from_server_id, to_server_id from moves
  where fleet_id = $1 and state in ('preparing', 'stopping', 'starting')
), busy as (
  select server_id, count(*) as moves from (
    select from_server_id as server_id from live union all select to_server_id from live) e
  group by server_id
), candidate as (
  select w.*, s.exclusive, i.incarnation as to_incarnation, i.max_streams - c.held_count as free,
    row_number() over (partition by w.to_id order by w.position) as nth_to,
    row_number() over (order by w.position) as nth
  from wanted w
  join assignments a on a.fleet_id = $1 and a.stream_id = w.stream_id and a.server_id = w.from_id
    and a.epoch = w.epoch and a.status in ('starting', 'running')
  join streams s on s.fleet_id = $1 and s.stream_id = w.stream_id
    and s.enabled and s.deleted_at is null
  join instances i on i.fleet_id = $1 and i.server_id = w.to_id and i.status = 'ready'
    and (i.flapping_until is null or i.flapping_until <= weir_now())
    and i.incarnation = coalesce(w.incarnation, i.incarnation)
  join instance_leases l on l.fleet_id = $1 and l.server_id = w.to_id
    and l.incarnation = i.incarnation and not l.fenced and l.lease_expires_at > weir_now()
  join instance_counters c on c.fleet_id = $1 and c.server_id = w.to_id
  where w.from_id <> w.to_id
    and not exists (select 1 from moves m where m.fleet_id = $1 and m.stream_id = w.stream_id
      and m.state in ('preparing', 'stopping', 'starting'))
    and not exists (select 1 from move_ends e where e.fleet_id = $1
      and e.stream_id = w.stream_id and e.server_id = w.to_id)
), spared as (
  select position, server_id, row_number() over (partition by server_id order by position) as nth
  from (select position, from_id as server_id from candidate where spares
    union all select position, to_id from candidate where spares) e
)
select c.stream_id::text as "streamId", c.from_id as "fromServerId", c.to_id as "toServerId",
  c.exclusive, c.to_incarnation as "toIncarnation", c.position::integer - 1 as position
from candidate c
where c.nth_to <= c.free and c.nth <= $8 - (select count(*) from live)
  and not exists (select 1 from spared s left join busy b on b.server_id = s.server_id
    where s.position = c.position and s.nth + coalesce(b.moves, 0) > $9)
order by c.position`;

/**
 * Begins what was chosen under the same lock: reserves an epoch for each target, writes the move
 * (or wakes a planned one) and its end at the target. Parameters: fleet, revision, generation,
 * streams, sources, targets, incarnations, policies, epochs, reasons, gains, costs, planned moves,
 * time to prepare, time of a step, who wanted it.
 */
export const BEGIN_MOVES = `
with chosen as (
  select * from unnest($4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::boolean[],
    $9::bigint[], $10::text[], $11::double precision[], $12::double precision[], $13::bigint[])
    as c (stream_id, from_id, to_id, incarnation, exclusive, epoch, reason, gain, cost, planned_id)
), reserved as (
  update assignments a
  set reserved_epoch = weir_next_epoch(greatest(a.epoch, a.reserved_epoch), $3)
  from chosen c
  where a.fleet_id = $1 and a.stream_id = c.stream_id and a.server_id = c.from_id
    and a.epoch = c.epoch and a.status in ('starting', 'running')
  returning a.stream_id, a.reserved_epoch
), ready as (
  select c.*, r.reserved_epoch,
    case when c.exclusive then 'preparing' else 'starting' end as state,
    weir_now() + case when c.exclusive then $14::bigint else $15::bigint end
      * interval '1 millisecond' as deadline
  from chosen c join reserved r using (stream_id)
), inserted as (
  insert into moves (fleet_id, stream_id, from_server_id, to_server_id, to_incarnation, state,
    exclusive, reason, gain, cost, epoch, deadline, step_timeout_ms, requested_by, started_at)
  select $1, stream_id, from_id, to_id, incarnation, state, exclusive, reason, gain, cost, epoch,
    deadline, $15::bigint, $16::text, weir_now()
  from ready where planned_id is null order by stream_id
  returning move_id, stream_id
), woken as (
  update moves m set state = r.state, to_incarnation = r.incarnation, exclusive = r.exclusive,
    epoch = r.epoch, deadline = r.deadline, step_timeout_ms = $15::bigint, started_at = weir_now(),
    updated_at = weir_now()
  from ready r
  where m.fleet_id = $1 and m.move_id = r.planned_id and m.state = 'planned'
  returning m.move_id, m.stream_id
), begun as (
  select * from inserted union all select * from woken
), ends as (
  insert into move_ends
    (fleet_id, stream_id, server_id, incarnation, move_id, epoch, desired, revision)
  select $1, r.stream_id, r.to_id, r.incarnation, b.move_id, r.reserved_epoch,
    case when r.exclusive then 'prepare' else 'run' end, $2
  from ready r join begun b using (stream_id)
)
select b.move_id as "moveId", b.stream_id::text as "streamId", r.from_id as "fromServerId",
  r.to_id as "toServerId"
from begun b join ready r using (stream_id) order by b.move_id`;
