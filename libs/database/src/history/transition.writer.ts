import { changeOwnership } from '../ownership/ownership.transaction';
import type { NewEvent } from '../ownership/ownership.transaction';
import type { EventKind } from '@weir/domain';
import type { TransactionRunner } from '../resilience/transaction-runner';

/**
 * How far back in a history the opposite of an event is looked for. Rows; beyond it counts as none.
 */
const LOOK_BACK_EVENTS = 5_000;

/** An event that several replicas may want to write, and that is to stand in the history once. */
export interface Transition {
  readonly event: NewEvent;
  /** Kinds after which it may be written (again), such as released after engaged. */
  readonly after: readonly EventKind[];
  /** True: it is not written either when none of `after` is found. */
  readonly isNeverFirst?: boolean;
  /** Only events whose detail holds this count as the same thing. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/**
 * Appends the event unless the newest one among its kind and `after`, about the same instance, is
 * of
 * its kind already. Under the fleet's lock, so that of several replicas one writes it.
 * @returns whether it was written.
 */
export function recordTransition(
  runner: TransactionRunner,
  fleetId: number,
  transition: Transition,
): Promise<boolean> {
  const { event, after, isNeverFirst = false, detail = {} } = transition;
  return changeOwnership(runner, fleetId, 'transition', async (change) => {
    const serverId = event.serverId ?? null;
    const recent =
      serverId === null
        ? 'select event_id, kind, detail from events where fleet_id = $1'
        : 'select event_id, kind, detail from events where fleet_id = $1 and server_id = $5';
    const rows = await change.sql.query<{ kind: EventKind }>(
      `select kind from (${recent} order by event_id desc limit $4) as recent
       where kind = any($2) and detail @> $3 order by event_id desc limit 1`,
      [
        fleetId,
        [event.kind, ...after],
        JSON.stringify(detail),
        LOOK_BACK_EVENTS,
        ...(serverId === null ? [] : [serverId]),
      ],
    );
    const newest = rows[0]?.kind;
    if (newest === event.kind || (newest === undefined && isNeverFirst)) return false;
    change.record(event);
    return true;
  });
}
