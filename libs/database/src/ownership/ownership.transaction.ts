import { DomainError } from '@weir/domain';
import type { EventKind, Severity } from '@weir/domain';
import {
  ForeignDatabaseError,
  IS_SAME_DATABASE,
  inKnownGeneration,
} from '../connection/generation.guard';
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

  /**
   * The revision of the last write of a plan, and of the last edit that plans have to know of; from
   * now on this one's, if it was raised. What they are for: PlanBasis.
   */
  planFence: number;
  editFence: number;
  readonly generation: number;
  /** Until then owners that this database does not know of may run exclusive streams. */
  readonly quarantineUntil: Date | null;

  constructor(
    readonly sql: SqlSession,
    readonly fleetId: number,
    /** The revision that rows changed by this transaction get. */
    readonly revision: number,
    found: Pick<OwnershipChange, 'planFence' | 'editFence' | 'generation' | 'quarantineUntil'>,
  ) {
    this.planFence = found.planFence;
    this.editFence = found.editFence;
    this.generation = found.generation;
    this.quarantineUntil = found.quarantineUntil;
  }

  /** Assignments of this instance changed: its watchers are told. */
  touch(serverId: string): void {
    this.changedServers.add(serverId);
  }

  record(event: NewEvent): void {
    this.events.push(event);
  }

  /** A plan was written: those that were made from a state before it never are any more. */
  raisePlanFence(): void {
    this.planFence = this.revision;
  }

  /** What plans decide by was edited: those that were made before should be made anew. */
  raiseEditFence(): void {
    this.editFence = this.revision;
  }
}

/**
 * Runs one change of ownership in a fleet. The fleet's revision row is locked first, so that such
 * transactions follow one another: revisions are ordered as commits are, and two of them never
 * deadlock. Lock order: cluster_state (shared), fleet_revisions, assignments, instances.
 * A repetition after a lost COMMIT answer is harmless, because every write names the epoch and the
 * incarnation that it expects; where the answer would differ, an operation id finds the first one.
 * @throws DomainError FLEET_UNKNOWN
 */
export function changeOwnership<T>(
  runner: TransactionRunner,
  fleetId: number,
  operation: string | OnceOperation,
  work: (change: OwnershipChange) => Promise<T>,
): Promise<T> {
  const name = typeof operation === 'string' ? operation : operation.name;
  const onUnknownCommit =
    typeof operation === 'string'
      ? 'repeat'
      : ({ operationId: operation.operationId, kind: name } as const);
  return inKnownGeneration(runner, () =>
    runner.run(name, { onUnknownCommit }, async (sql) => {
      const change = await beginChange(sql, fleetId);
      const result = await work(change);
      await finishChange(change);
      return result;
    }),
  );
}

/** Work whose answer would differ if it were done again after a lost COMMIT answer. */
export interface OnceOperation {
  readonly name: string;
  readonly operationId: string;
}

interface ClusterRow {
  readonly generation: number;
  readonly quarantineUntil: Date | null;
  readonly isSame: boolean;
}

/** Locks the fleet inside a transaction that is open already. */
export async function beginChange(sql: SqlSession, fleetId: number): Promise<OwnershipChange> {
  const cluster = await sql.query<ClusterRow>(
    `select k.generation, k.quarantine_until as "quarantineUntil", ${IS_SAME_DATABASE} as "isSame"
     from cluster_state k, pg_control_system() s for share of k`,
  );
  if (cluster[0]?.isSame === false) throw new ForeignDatabaseError('the database was replaced');
  const fleets = await sql.query<{ revision: number; planFence: number; editFence: number }>(
    `select revision, plan_fence as "planFence", edit_fence as "editFence" from fleet_revisions
     where fleet_id = $1 for update`,
    [fleetId],
  );
  const fleet = fleets[0];
  if (!fleet || !cluster[0]) throw new DomainError('FLEET_UNKNOWN', 'the fleet does not exist');
  const found = { ...fleet, ...cluster[0] };
  return new OwnershipChange(sql, fleetId, fleet.revision + 1, found);
}

/** Writes the new revision, the fences, the events and the notice of all that was touched. */
export async function finishChange(change: OwnershipChange): Promise<void> {
  const { sql, fleetId, revision, changedServers, events, hasWork } = change;
  await sql.query(
    `update fleet_revisions set revision = $2, plan_fence = $3, edit_fence = $4
     where fleet_id = $1`,
    [fleetId, revision, change.planFence, change.editFence],
  );
  await appendEvents(sql, fleetId, events);
  await notifyFleet(sql, {
    fleetId,
    revision,
    servers: [...changedServers],
    ...(hasWork && { work: true }),
    ...(events.length > 0 && { events: true }),
  });
}
