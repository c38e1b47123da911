import { FAILURE_ERROR_LENGTH, decideAfterFailure, describeFailures, spreadOf } from '@weir/domain';
import type {
  FailureCause,
  FailureOutcome,
  FailureSettings,
  FailureState,
  StreamFailure,
} from '@weir/domain';
import type { OwnershipChange } from './ownership.transaction';

/** A stream that an instance could not run. */
export interface NewFailure {
  readonly streamId: string;
  readonly serverId: string;
  readonly incarnation: number;
  readonly cause: FailureCause;
  readonly error: string;
}

interface StateRow extends FailureState {
  readonly streamId: string;
  readonly epoch: number;
  readonly nowMs: number;
}

interface DecidedFailure {
  readonly failure: NewFailure;
  readonly state: StateRow;
  readonly outcome: FailureOutcome;
}

/**
 * Counts failures of instances to run streams: how long each stream rests, whether it is parked,
 * and whom it avoids from now on (decideAfterFailure). Who owns it, and what it is told, is the
 * caller's to change. A failure of a target that does not own the stream yet counts in the same
 * way.
 * @param failures a bounded batch; of several of one stream the last counts.
 */
export async function recordFailures(
  change: OwnershipChange,
  failures: readonly NewFailure[],
  settings: FailureSettings,
): Promise<void> {
  if (failures.length === 0) return;
  const latest = new Map(failures.map((failure) => [failure.streamId, failure]));
  const states = await readStates(change, [...latest.keys()]);
  const decided = [...latest.values()].flatMap((failure): DecidedFailure[] => {
    const state = states.get(failure.streamId);
    if (!state) return [];
    const rule = { settings, spread: spreadOf(state.streamId, state.epoch) };
    const entry: StreamFailure = {
      serverId: failure.serverId,
      incarnation: failure.incarnation,
      cause: failure.cause,
      error: failure.error.slice(0, FAILURE_ERROR_LENGTH),
      atMs: Math.round(state.nowMs),
    };
    return [{ failure, state, outcome: decideAfterFailure(state, entry, rule) }];
  });
  await writeOutcomes(change, decided);
  for (const one of decided) recordOutcome(change, one);
}

async function readStates(
  change: OwnershipChange,
  streamIds: readonly string[],
): Promise<Map<string, StateRow>> {
  const rows = await change.sql.query<StateRow>(
    `select stream_id::text as "streamId", epoch, failures, failed_on as "failedOn",
       coalesce(failure_log, '[]') as log, held_back as "heldBack", parkings,
       extract(epoch from weir_now() - running_since)::double precision * 1000 as "ranForMs",
       extract(epoch from weir_now())::double precision * 1000 as "nowMs"
     from assignments where fleet_id = $1 and stream_id = any($2::bigint[])
     order by stream_id for update`,
    [change.fleetId, streamIds],
  );
  return new Map(rows.map((row) => [row.streamId, row]));
}

async function writeOutcomes(
  change: OwnershipChange,
  decided: readonly DecidedFailure[],
): Promise<void> {
  await change.sql.query(WRITE, [
    change.fleetId,
    change.revision,
    decided.map(({ failure }) => failure.streamId),
    decided.map(({ outcome }) => outcome.failures),
    decided.map(({ outcome }) => JSON.stringify(outcome.failedOn)),
    decided.map(({ outcome }) => JSON.stringify(outcome.log)),
    decided.map(({ outcome }) => outcome.heldBack),
    decided.map(({ outcome }) => outcome.parkings),
    decided.map(({ outcome }) => outcome.restMs),
  ]);
}

/** Parked streams keep the time since when they are, through every further try. */
const WRITE = `
update assignments a set
  revision = $2, failures = f.failures, failure_log = f.log, parkings = f.parkings,
  failed_on = array(select jsonb_array_elements_text(f.failed_on)),
  held_since = case when f.held_back is null then null
    when a.held_back = f.held_back then a.held_since else weir_now() end,
  held_back = f.held_back, hold = null,
  rest_until = case when f.rest_ms is null then 'infinity'
    else weir_now() + f.rest_ms * interval '1 millisecond' end
from unnest($3::bigint[], $4::integer[], $5::jsonb[], $6::jsonb[], $7::text[], $8::integer[],
  $9::double precision[])
  as f (stream_id, failures, failed_on, log, held_back, parkings, rest_ms)
where a.fleet_id = $1 and a.stream_id = f.stream_id`;

const CAUSES: Readonly<Record<FailureCause, string>> = {
  failed: 'could not run it',
  'start-timeout': 'did not start it in time',
};

function recordOutcome(change: OwnershipChange, { failure, state, outcome }: DecidedFailure): void {
  const { streamId, serverId, cause, error } = failure;
  const { failures, restMs, heldBack, parkings, log } = outcome;
  change.record({
    kind: 'stream.failed',
    severity: 'WARNING',
    streamId,
    serverId,
    message: `${serverId} ${CAUSES[cause]}: ${error}`,
    detail: { epoch: state.epoch, cause, failures, restMs, error },
  });
  if (state.heldBack === 'probation') recordHarmless(change, failure);
  if (heldBack !== 'parked') return;
  const when = restMs === null ? 'when an operator says so' : `in ${Math.round(restMs / 1_000)} s`;
  const again = parkings > 1 ? 'still ' : '';
  change.record({
    kind: 'stream.parked',
    severity: parkings > 1 ? 'WARNING' : 'ERROR',
    streamId,
    message:
      `${again}parked after ${failures} failures in a row, tried again ${when}: ` +
      describeFailures(log),
    detail: { failures, parkings, restMs, log },
  });
}

/** A stream that was suspected of killing its instances: this one lived to say that it failed. */
function recordHarmless(change: OwnershipChange, { streamId, serverId }: NewFailure): void {
  change.record({
    kind: 'stream.released-from-isolation',
    streamId,
    serverId,
    message: `failed on ${serverId}, which lives: no more suspect than others that fail`,
    detail: { because: 'failed' },
  });
}
