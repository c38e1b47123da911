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
