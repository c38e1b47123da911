/**
 * The truth behind instance_counters, of the instances in `named (server_id)`: the same figures as
 * the triggers on assignments and move_ends keep, counted anew. Needs `$1` = fleet id; gives
 * `actual`.
 */
export const ACTUAL_COUNTS = `
actual as (
  select x.server_id, count(*)::integer as held, (count(*) filter (where x.runs))::integer as run,
    coalesce(bit_xor(weir_assignment_hash(x.stream_id, x.epoch)) filter (where x.runs), 0)
      as digest,
    max(x.revision) as revision
  from (
    select a.server_id, a.stream_id, a.epoch, a.revision,
      a.status in ('starting', 'running') as runs
    from assignments a where a.fleet_id = $1 and a.server_id is not null
    union all
    select e.server_id, e.stream_id, e.epoch, e.revision, e.desired = 'run'
    from move_ends e where e.fleet_id = $1
  ) x
  group by x.server_id
)`;
