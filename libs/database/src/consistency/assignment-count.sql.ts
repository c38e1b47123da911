/**
 * The truth behind instance_counters, of the instances in `named (server_id)`: the same figures as
 * the trigger on assignments keeps, counted anew. Needs `$1` = fleet id; gives `actual`.
 */
export const ACTUAL_COUNTS = `
actual as (
  select a.server_id, count(*)::integer as held,
    (count(*) filter (where a.status in ('starting', 'running')))::integer as run,
    coalesce(bit_xor(weir_assignment_hash(a.stream_id, a.epoch))
      filter (where a.status in ('starting', 'running')), 0) as digest,
    max(a.revision) as revision
  from assignments a
  where a.fleet_id = $1 and a.server_id is not null
  group by a.server_id
)`;
