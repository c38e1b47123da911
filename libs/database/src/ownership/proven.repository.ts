import type { HoldKind } from '@weir/domain';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { changeOwnership } from './ownership.transaction';

/** Streams in one transaction; the rest follows in the next round. */
const PER_ROUND = 1_000;

/** What is known of a stream beside that it runs. The predicate of the index of such streams. */
export const IS_TROUBLED = `(a.failures > 0 or a.held_back is not null or a.failed_on <> '{}')`;

/**
 * For how long its owner is known to have run a stream, in ms: up to the owner's last sign of life,
 * because a dead one says nothing until its lease is over. Of `assignments a` and its owner's
 * `instance_leases l`.
 */
export const PROVEN_MS = `
extract(epoch from least(weir_now(), coalesce(l.last_heartbeat, a.running_since))
  - a.running_since)::double precision * 1000`;

const PROVEN = `
select a.stream_id::text as "streamId", a.held_back as "heldBack", a.server_id as "serverId"
from assignments a
join instance_leases l on l.fleet_id = a.fleet_id and l.server_id = a.server_id
where a.fleet_id = $1 and ${IS_TROUBLED} and a.status = 'running'
  and a.held_back is distinct from 'probation' and ${PROVEN_MS} >= $2
  and (a.last_moved_at is null
    or a.last_moved_at <= weir_now() - $2::double precision * interval '1 millisecond')
order by a.stream_id limit ${PER_ROUND}`;

interface ProvenStream {
  readonly streamId: string;
  readonly heldBack: HoldKind | null;
  readonly serverId: string;
}

/**
 * Forgets the failures of streams that have been running for `provenAfterMs`: they avoid nobody any
 * more, and are not parked. What a target failed to take is remembered as long, although the source
 * ran on: an aborted move counts as a move here. Nothing is written while there is none.
 * @returns how many there were.
 */
export async function forgetFailures(
  runner: TransactionRunner,
  fleetId: number,
  { provenAfterMs }: { readonly provenAfterMs: number },
): Promise<number> {
  const key = [fleetId, provenAfterMs];
  const seen = await runner.query(PROVEN, key);
  if (seen.length === 0) return 0;
  return changeOwnership(runner, fleetId, 'forget-failures', async (change) => {
    const proven = await change.sql.query<ProvenStream>(PROVEN, key);
    await change.sql.query(CLEAR, [
      fleetId,
      change.revision,
      proven.map(({ streamId }) => streamId),
    ]);
    for (const { streamId, serverId, heldBack } of proven) {
      if (heldBack === null) continue;
      change.record({
        kind: 'stream.recovered',
        streamId,
        serverId,
        message: `runs on ${serverId} again: it is not ${heldBack} any more`,
        detail: { wasHeldBack: heldBack },
      });
    }
    return proven.length;
  });
}

/** `$1` = fleet, `$2` = revision, `$3` = streams of which nothing bad is known any more. */
export const CLEAR = `
update assignments set revision = $2, failures = 0, failed_on = '{}', failure_log = null,
  held_back = null, held_since = null, parkings = 0, hold = null, rest_until = null
where fleet_id = $1 and stream_id = any($3::bigint[])`;
