import type { FleetColumns } from '../columns/fleet.columns';
import { flagAt, indexAt } from '../columns/column.access';

/**
 * The instances that are joining: ready ones that have had nothing for longer than the cooldown. It
 * takes several plans to fill one when budgets are small, and it is new until that is done. Where
 * most are so, the fleet itself is new, and none of them is joining the others. A stream that does
 * not say since when it is there counts as there for ever.
 * @param heldCount [instance]: streams that it has
 * @param since in ms; nothing on a joining instance has been there for longer
 * @returns 1 for an instance that is joining
 */
export function flagJoining(
  columns: FleetColumns,
  heldCount: Int32Array,
  since: number,
): Uint8Array {
  const { instances, streams } = columns;
  const flags = instances.isReady.slice();
  let joining = flags.reduce((sum, flag) => sum + flag, 0);
  const ready = joining;
  let unknown = flags.reduce((sum, flag, at) => sum + (indexAt(heldCount, at) > 0 ? flag : 0), 0);
  // Of a settled fleet the first few streams of each instance tell; the others are not looked at.
  for (let stream = 0; stream < streams.count && unknown > 0; stream++) {
    const owner = indexAt(streams.ownerOf, stream);
    if (owner < 0 || flagAt(flags, owner) === 0) continue;
    if ((streams.views[stream]?.assignedAt ?? 0) > since) continue;
    flags[owner] = 0;
    joining -= 1;
    unknown -= 1;
  }
  return 2 * joining < ready ? flags : flags.fill(0);
}
