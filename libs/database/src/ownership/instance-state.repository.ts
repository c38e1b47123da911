import { DomainError } from '@weir/domain';
import type { InstanceStatus } from '@weir/domain';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';

export type InstanceAction = 'cordon' | 'uncordon' | 'drain';

interface StatusRow {
  readonly status: InstanceStatus;
  readonly cordoned: boolean;
}

/**
 * Cordons (nothing new), uncordons, or drains (empties) an instance. Repeating an action that holds
 * already changes nothing.
 * @param isOperator an operator's drain outlives a restart of the instance, as a cordon; an
 * instance's own drain (it is stopping) does not.
 * @throws DomainError INSTANCE_UNKNOWN; INSTANCE_STATE_CONFLICT for an instance that is gone.
 */
export function changeInstanceState(
  runner: TransactionRunner,
  fleetId: number,
  serverId: string,
  intent: { readonly action: InstanceAction; readonly isOperator: boolean },
): Promise<InstanceStatus> {
  return changeOwnership(runner, fleetId, intent.action, async (change) => {
    const current = await lockStatus(change, serverId);
    const next = nextState(current, intent);
    if (next.status === current.status && next.cordoned === current.cordoned) return current.status;
    await change.sql.query(
      `update instances set status = $3, cordoned = $4, updated_at = weir_now()
       where fleet_id = $1 and server_id = $2`,
      [fleetId, serverId, next.status, next.cordoned],
    );
    change.touch(serverId);
    change.hasWork = true;
    change.record({ ...EVENTS[intent.action], serverId });
    return next.status;
  });
}

const EVENTS = {
  cordon: { kind: 'instance.cordoned', message: 'gets no new streams' },
  uncordon: { kind: 'instance.uncordoned', message: 'may get streams again' },
  drain: { kind: 'instance.drain-started', message: 'is being emptied' },
} as const;

async function lockStatus(change: OwnershipChange, serverId: string): Promise<StatusRow> {
  const rows = await change.sql.query<StatusRow>(
    'select status, cordoned from instances where fleet_id = $1 and server_id = $2 for update',
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
  switch (intent.action) {
    case 'cordon':
      return { status: current.status === 'draining' ? 'draining' : 'cordoned', cordoned: true };
    case 'uncordon':
      return { status: 'ready', cordoned: false };
    case 'drain':
      return { status: 'draining', cordoned: current.cordoned || intent.isOperator };
  }
}
