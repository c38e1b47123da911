import { recordTransition } from '@weir/database';
import type { TransactionRunner } from '@weir/database';
import type { BrakeChange } from './brake';

/**
 * Writes into the fleet's history that a brake engaged or let go: once, whichever replica is first.
 */
export async function recordBrake(
  runner: TransactionRunner,
  fleetId: number,
  change: BrakeChange,
): Promise<void> {
  const { severity, message, detail, kind } = change;
  const isEngaged = change.change === 'engaged';
  await recordTransition(runner, fleetId, {
    event: { kind: isEngaged ? 'brake.engaged' : 'brake.released', severity, message, detail },
    after: [isEngaged ? 'brake.released' : 'brake.engaged'],
    isNeverFirst: !isEngaged,
    detail: { brake: kind },
  });
}
