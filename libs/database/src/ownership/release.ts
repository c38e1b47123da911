import type { JsonObject } from '@weir/domain';
import type { OwnershipChange } from './ownership.transaction';

/** A stream whose owner gives it back. */
export interface Release {
  readonly streamId: string;
  /** The owner's checkpoint replaces the stored one; undefined keeps it. */
  readonly checkpoint?: JsonObject | undefined;
}

/**
 * Takes streams from `serverId`; they keep their epoch until the next grant. The caller has
 * checked, under the fleet's lock, that this owner may give them back. Moves from here that wait
 * for the release are not touched: the caller hands over (see handoff.ts). A stream that waited for
 * the end of an earlier lease goes on waiting: this owner never ran it, somebody else may.
 */
export async function releaseStreams(
  change: OwnershipChange,
  serverId: string,
  releases: readonly Release[],
): Promise<void> {
  if (releases.length === 0) return;
  await change.sql.query(RELEASE, [
    change.fleetId,
    change.revision,
    serverId,
    releases.map((release) => release.streamId),
    releases.map((release) => (release.checkpoint ? JSON.stringify(release.checkpoint) : null)),
  ]);
  change.touch(serverId);
  change.hasWork = true;
}

const RELEASE = `
update assignments a set
  server_id = null, incarnation = null, status = 'unassigned', revision = $2,
  stopping_since = null, checkpoint = coalesce(r.checkpoint, a.checkpoint),
  unassigned_since = weir_now()
from unnest($4::bigint[], $5::jsonb[]) as r (stream_id, checkpoint)
where a.fleet_id = $1 and a.stream_id = r.stream_id and a.server_id = $3`;

/**
 * Releases streams that the earlier incarnation may still run: nobody starts them before it must
 * have stopped.
 */
export async function releaseLater(
  change: OwnershipChange,
  streamIds: readonly string[],
  oldLeaseExpiresAt: Date | null,
  lostOwner: string | null = null,
): Promise<void> {
  if (streamIds.length === 0) return;
  await change.sql.query(
    `update assignments a set
       server_id = null, incarnation = null, status = 'unassigned', revision = $2,
       unassigned_since = weir_now(), stopping_since = null,
       lost_owner = coalesce($5, a.lost_owner),
       not_before = case when s.exclusive
         then greatest(a.not_before, $4::timestamptz
           + greatest(s.autonomy_ms, a.autonomy_ms) * interval '1 millisecond')
         else a.not_before end
     from streams s
     where a.fleet_id = $1 and a.stream_id = any($3::bigint[])
       and s.fleet_id = a.fleet_id and s.stream_id = a.stream_id`,
    [change.fleetId, change.revision, streamIds, oldLeaseExpiresAt, lostOwner],
  );
}
