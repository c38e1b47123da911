import type { JsonObject } from '@weir/domain';
import type { OwnershipChange } from './ownership.transaction';

/** A stream whose owner gives it back. */
export interface Release {
  readonly streamId: string;
  /** The owner's checkpoint replaces the stored one; undefined keeps it. */
  readonly checkpoint?: JsonObject | undefined;
  /** Set when the owner failed: it is avoided, and the stream rests this long. In ms. */
  readonly failedRetryMs?: number | undefined;
}

/** How many of the last instances that failed on a stream are remembered. */
const FAILED_ON_MAX = 16;
/** The wait after failures doubles up to this many times. */
const FAILURE_DOUBLINGS_MAX = 6;

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
    releases.map((release) => release.failedRetryMs ?? null),
    FAILED_ON_MAX,
    FAILURE_DOUBLINGS_MAX,
  ]);
  change.touch(serverId);
  change.hasWork = true;
}

const RELEASE = `
update assignments a set
  server_id = null, incarnation = null, status = 'unassigned', revision = $2,
  checkpoint = coalesce(r.checkpoint, a.checkpoint),
  unassigned_since = weir_now(),
  failures = case when r.retry_ms is null then a.failures else a.failures + 1 end,
  failed_on = case when r.retry_ms is null then a.failed_on
    else (array_append(array_remove(a.failed_on, $3), $3))
      [greatest(1, cardinality(a.failed_on) - $7 + 2):] end,
  not_before = case when r.retry_ms is null then a.not_before else greatest(a.not_before,
    weir_now() + r.retry_ms * power(2, least(a.failures, $8)) * interval '1 millisecond') end
from unnest($4::bigint[], $5::jsonb[], $6::double precision[])
  as r (stream_id, checkpoint, retry_ms)
where a.fleet_id = $1 and a.stream_id = r.stream_id and a.server_id = $3`;
