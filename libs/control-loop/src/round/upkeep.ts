import {
  advanceProbation,
  failOverdueStarts,
  findUpkeep,
  forgetFailures,
  judgeLosses,
} from '@weir/database';
import type { TransactionRunner } from '@weir/database';
import type { FleetSettings } from '@weir/domain';

/**
 * What is due about streams that fail or kill, before a round looks at the fleet: first what must
 * not be placed again, then what may. The caller has the fleet's turn.
 * @returns how many streams are treated otherwise from now on.
 */
export async function keepUp(
  runner: TransactionRunner,
  fleetId: number,
  settings: FleetSettings,
): Promise<number> {
  const due = await findUpkeep(runner, fleetId, settings);
  let changed = 0;
  if (due.hasLosses) changed += await judgeLosses(runner, fleetId, settings);
  if (due.hasOverdueStarts) changed += await failOverdueStarts(runner, fleetId, settings);
  if (!due.hasTroubled) return changed;
  changed += await forgetFailures(runner, fleetId, settings);
  return changed + (await advanceProbation(runner, fleetId, settings));
}
