import { DomainError } from '@weir/domain';
import type { InstanceStatus } from '@weir/domain';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { assertLive } from './acknowledgement.repository';
import { abortMovesTo } from './handoff';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';

export type InstanceAction = 'cordon' | 'uncordon' | 'drain';

export interface StateIntent {
  readonly action: InstanceAction;
  readonly isOperator: boolean;
  /** The incarnation that asks for itself; undefined: whichever there is. */
  readonly incarnation?: number | undefined;
}

interface StatusRow {
  readonly status: InstanceStatus;
  readonly cordoned: boolean;
  readonly isFlapping: boolean;
}

/**
 * Cordons (nothing new), uncordons, or drains (empties) an instance. Uncordoning also forgives what
 * made it flap. Repeating an action that holds already changes nothing.
 * @param isOperator an operator's drain outlives a restart of the instance, as a cordon; an
 * instance's own drain (it is stopping) does not.
 * @throws DomainError INSTANCE_UNKNOWN; INSTANCE_STATE_CONFLICT for an instance that is gone;
 *   INCARNATION_FENCED when it is not the incarnation that the intent names.
 */
export function changeInstanceState(
  runner: TransactionRunner,
  fleetId: number,
  serverId: string,
  intent: StateIntent,
): Promise<InstanceStatus> {
  const { incarnation } = intent;
  return changeOwnership(runner, fleetId, intent.action, async (change) => {
    const current = await lockStatus(change, serverId);
    if (incarnation !== undefined) {
      await assertLive(change.sql, fleetId, { serverId, incarnation });
    }
    const next = nextState(current, intent);
    if (isSame(current, next)) return current.status;
    await change.sql.query(UPDATE, [
      fleetId,
      serverId,
      next.status,
      next.cordoned,
      current.isFlapping && !next.isFlapping,
    ]);
    if (next.status !== 'ready') await abortMovesTo(change, serverId, `it is ${next.status} now`);
    change.touch(serverId);
    change.hasWork = true;
    change.record({ ...EVENTS[intent.action], serverId });
    return next.status;
  });
}

/** Flaps that were forgiven never count again. */
const UPDATE = `
update instances set status = $3, cordoned = $4, updated_at = weir_now(),
  flapping_until = case when $5 then null else flapping_until end,
  flaps_from = case when $5 then weir_now() else flaps_from end
where fleet_id = $1 and server_id = $2`;

function isSame(current: StatusRow, next: StatusRow): boolean {
  return (
    next.status === current.status &&
    next.cordoned === current.cordoned &&
    next.isFlapping === current.isFlapping
  );
}

const EVENTS = {
  cordon: { kind: 'instance.cordoned', message: 'gets no new streams' },
  uncordon: { kind: 'instance.uncordoned', message: 'may get streams again' },
  drain: { kind: 'instance.drain-started', message: 'is being emptied' },
} as const;

async function lockStatus(change: OwnershipChange, serverId: string): Promise<StatusRow> {
  const rows = await change.sql.query<StatusRow>(
    `select status, cordoned, coalesce(flapping_until > weir_now(), false) as "isFlapping"
     from instances where fleet_id = $1 and server_id = $2 for update`,
    [change.fleetId, serverId],
  );
  const row = rows[0];
  if (!row) throw new DomainError('INSTANCE_UNKNOWN', `no instance ${serverId} in this fleet`);
  if (row.status === 'lost' || row.status === 'left') {
    throw new DomainError(
      'INSTANCE_STATE_CONFLICT',
      `${serverId} is ${row.status}; it has to register before its state can be changed`,
    );
  }
  return row;
}

function nextState(
  current: StatusRow,
  intent: { action: InstanceAction; isOperator: boolean },
): StatusRow {
  const { isFlapping } = current;
  switch (intent.action) {
    case 'cordon': {
      const status = current.status === 'draining' ? 'draining' : 'cordoned';
      return { status, cordoned: true, isFlapping };
    }
    case 'uncordon':
      return { status: 'ready', cordoned: false, isFlapping: false };
    case 'drain': {
      const cordoned = current.cordoned || intent.isOperator;
      return { status: 'draining', cordoned, isFlapping };
    }
  }
}
