import { DomainError } from '@weir/domain';
import type { EventKind, Severity } from '@weir/domain';
import { notifyFleet } from '../connection/notify';
import type { SqlSession } from '../connection/sql-session';
import { appendEvents } from '../history/event.writer';
import type { TransactionRunner } from '../resilience/transaction-runner';

/** An event to be written when the transaction commits. */
export interface NewEvent {
  readonly kind: EventKind;
  readonly message: string;
  readonly severity?: Severity;
  readonly streamId?: string | null;
  readonly serverId?: string | null;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/**
 * What the work of one ownership transaction is given, and where it leaves what must be announced.
 * Everything that is changed carries the same revision.
 */
export class OwnershipChange {
  readonly changedServers = new Set<string>();
  readonly events: NewEvent[] = [];
  hasWork = false;

  constructor(
    readonly sql: SqlSession,
    readonly fleetId: number,
    /** The revision that rows changed by this transaction get. */
    readonly revision: number,
    readonly generation: number,
  ) {}

  /** Assignments of this instance changed: its watchers are told. */
  touch(serverId: string): void {
    this.changedServers.add(serverId);
  }

  record(event: NewEvent): void {
    this.events.push(event);
  }
}

/**
 * Runs one change of ownership in a fleet. The fleet's revision row is locked first, so that such
 * transactions follow one another: revisions are ordered as commits are, and two of them never
 * deadlock. Lock order: cluster_state (shared), fleet_revisions, assignments, instances.
 * A repetition after a lost COMMIT answer is harmless, because every write names the epoch and the
 * incarnation that it expects.
 * @throws DomainError FLEET_UNKNOWN
 */
export function changeOwnership<T>(
  runner: TransactionRunner,
  fleetId: number,
  operation: string,
  work: (change: OwnershipChange) => Promise<T>,
): Promise<T> {
  return runner.run(operation, { onUnknownCommit: 'repeat' }, async (sql) => {
    const change = await beginChange(sql, fleetId);
    const result = await work(change);
    await finishChange(change);
    return result;
  });
}

/** Locks the fleet inside a transaction that is open already. */
export async function beginChange(sql: SqlSession, fleetId: number): Promise<OwnershipChange> {
  const cluster = await sql.query<{ generation: number }>(
    'select generation from cluster_state for share',
  );
  const fleets = await sql.query<{ revision: number }>(
    'select revision from fleet_revisions where fleet_id = $1 for update',
    [fleetId],
  );
  const fleet = fleets[0];
  if (!fleet || !cluster[0]) throw new DomainError('FLEET_UNKNOWN', 'the fleet does not exist');
  return new OwnershipChange(sql, fleetId, fleet.revision + 1, cluster[0].generation);
}

/** Writes the new revision, the events and the notice of everything that was touched. */
export async function finishChange(change: OwnershipChange): Promise<void> {
  const { sql, fleetId, revision, changedServers, events, hasWork } = change;
  await sql.query('update fleet_revisions set revision = $2 where fleet_id = $1', [
    fleetId,
    revision,
  ]);
  await appendEvents(sql, fleetId, events);
  await notifyFleet(sql, {
    fleetId,
    revision,
    servers: [...changedServers],
    ...(hasWork && { work: true }),
    ...(events.length > 0 && { events: true }),
  });
}
