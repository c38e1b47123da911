import { abortMovesOfStreams } from './handoff';
import type { OwnershipChange } from './ownership.transaction';

/** Grants streams anew to the instance that owns them already, under a higher epoch. */
export interface Regrant {
  readonly serverId: string;
  readonly incarnation: number;
  readonly streamIds: readonly string[];
  /**
   * Exclusive streams may not start before the lease of the earlier incarnation is over (and their
   * autonomy with it). Null: nobody else can be running them.
   */
  readonly oldLeaseExpiresAt: Date | null;
}

/**
 * Used when an instance registers again, resyncs, or when what a stream is has changed. Targets of
 * moves that prepare or run an older state of these streams are told to stop.
 */
export async function regrantStreams(change: OwnershipChange, regrant: Regrant): Promise<void> {
  if (regrant.streamIds.length === 0) return;
  await abortMovesOfStreams(change, regrant.streamIds, {
    error: 'the stream was granted anew to its owner',
    keepsStopping: false,
  });
  await change.sql.query(REGRANT, [
    change.fleetId,
    change.revision,
    change.generation,
    regrant.serverId,
    regrant.incarnation,
    regrant.streamIds,
    regrant.oldLeaseExpiresAt,
    change.quarantineUntil,
  ]);
  change.touch(regrant.serverId);
}

const REGRANT = `
update assignments a set
  incarnation = $5, epoch = weir_next_epoch(greatest(a.epoch, a.reserved_epoch), $3),
  status = 'starting', revision = $2, assigned_at = weir_now(), running_since = null,
  stopping_since = null,
  autonomy_ms = greatest(s.autonomy_ms, a.autonomy_ms),
  not_before = case when s.exclusive then greatest(a.not_before, $8::timestamptz, $7::timestamptz
    + greatest(s.autonomy_ms, a.autonomy_ms) * interval '1 millisecond') else a.not_before end
from streams s
where a.fleet_id = $1 and a.stream_id = any($6::bigint[]) and a.server_id = $4
  and s.fleet_id = a.fleet_id and s.stream_id = a.stream_id`;

/** Carries streams over to a new incarnation of the same program, which never stopped them. */
export async function keepStreams(
  change: OwnershipChange,
  owner: { readonly serverId: string; readonly incarnation: number },
  streamIds: readonly string[],
): Promise<void> {
  if (streamIds.length === 0) return;
  await change.sql.query(
    `update assignments set incarnation = $4, revision = $2
     where fleet_id = $1 and server_id = $3 and stream_id = any($5::bigint[])`,
    [change.fleetId, change.revision, owner.serverId, owner.incarnation, streamIds],
  );
  change.touch(owner.serverId);
}
