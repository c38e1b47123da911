import { describeFailures } from '@weir/domain';
import type { HeldBackView, HoldKind, StreamFailure } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import type { IsolationHold } from '../ownership/isolation.repository';
import { toIso } from './page';

/** What a row of `assignments a` tells of why its stream is held back. */
export const HELD_BACK_COLUMNS = `
  a.held_back as "heldKind", a.held_since as "heldSince",
  case when a.rest_until > weir_now() then nullif(a.rest_until, 'infinity') end as "restUntil",
  a.failures, a.failure_log as "failureLog", a.hold`;

/** Those columns. restUntil: null also when only an operator ends it. */
export interface HeldBackColumns {
  readonly heldKind: HoldKind | null;
  readonly heldSince: Date | null;
  readonly restUntil: Date | null;
  readonly failures: number;
  readonly failureLog: readonly StreamFailure[] | null;
  readonly hold: IsolationHold | null;
}

const HOW_TO_RETRY: Readonly<Record<HoldKind, string>> = {
  parked: 'mend the cause, then POST .../streams/{streamId}/retry, or change the stream',
  isolated: 'see why its instances died, then POST .../streams/{streamId}/retry, or change it',
  probation: 'it is being tried; nothing has to be done',
};

/** Why the stream is held back; null: it is not. */
export function toHeldBackView(row: HeldBackColumns): HeldBackView | null {
  const { heldKind: kind, heldSince, restUntil, hold } = row;
  if (kind === null || heldSince === null) return null;
  const log = row.failureLog ?? [];
  return {
    kind,
    since: toIso(heldSince),
    because: hold?.because ?? `${row.failures} failures in a row: ${describeFailures(log)}`,
    retryAt: toIso(restUntil),
    howToRetry: HOW_TO_RETRY[kind],
    failures: log.map(({ atMs, ...failure }) => ({ ...failure, at: fromMs(atMs) })),
    losses: (hold?.losses ?? []).map(({ atMs, ...loss }) => ({ ...loss, at: fromMs(atMs) })),
  };
}

/** Why one stream is held back; null: it is not, or there is no such stream. */
export async function findHeldBack(
  sql: SqlSession,
  fleetId: number,
  streamId: string,
): Promise<HeldBackView | null> {
  const rows = await sql.query<HeldBackColumns>(
    `select ${HELD_BACK_COLUMNS} from assignments a where a.fleet_id = $1 and a.stream_id = $2`,
    [fleetId, streamId],
  );
  return rows[0] ? toHeldBackView(rows[0]) : null;
}

function fromMs(ms: number): string {
  return new Date(ms).toISOString();
}
