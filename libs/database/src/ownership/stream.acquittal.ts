import type { OwnershipChange } from './ownership.transaction';
import { CLEAR } from './proven.repository';

/** Streams that are not suspect any more: nothing that was lost speaks against them from now on. */
export async function acquitStreams(
  change: OwnershipChange,
  streamIds: readonly string[],
  because: string,
): Promise<void> {
  if (streamIds.length === 0) return;
  await change.sql.query(CLEAR, [change.fleetId, change.revision, streamIds]);
  await forgetSuspicion(change, streamIds);
  for (const streamId of streamIds) {
    change.record({
      kind: 'stream.released-from-isolation',
      streamId,
      message: `not isolated any more: ${because}`,
      detail: { because },
    });
  }
  change.hasWork = true;
}

/** Takes streams out of what is known of losses; an operator's word or a proof clears them. */
export async function forgetSuspicion(
  change: OwnershipChange,
  streamIds: readonly string[],
): Promise<void> {
  await change.sql.query(FORGET, [change.fleetId, streamIds]);
}

const FORGET = `
update instance_losses l set suspect_ids = kept.ids, suspect_ages = kept.ages
from (
  select k.loss_id,
    coalesce(array_agg(u.id order by u.position) filter (where u.id <> all($2::bigint[])), '{}')
      as ids,
    coalesce(array_agg(u.age order by u.position) filter (where u.id <> all($2::bigint[])), '{}')
      as ages
  from instance_losses k
  cross join lateral unnest(k.suspect_ids, k.suspect_ages) with ordinality as u (id, age, position)
  where k.fleet_id = $1 and k.suspect_ids && $2::bigint[]
  group by k.loss_id
) kept
where l.fleet_id = $1 and l.loss_id = kept.loss_id`;
