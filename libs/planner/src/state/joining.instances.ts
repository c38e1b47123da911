import type { FleetColumns } from '../columns/fleet.columns';
import { flagAt, valueAt } from '../columns/column.access';

/**
 * The instances that are joining: ready ones that have had nothing for longer than the cooldown. It
 * takes several plans to fill one when budgets are small, and it is new until that is done. Where
 * most are so, the fleet itself is new, and none of them is joining the others.
 * @param since in ms; nothing on a joining instance has been there for longer.
 * @returns 1 for an instance that is joining
 */
export function flagJoining({ instances, streams }: FleetColumns, since: number): Uint8Array {
  const flags = new Uint8Array(instances.count);
  let ready = 0;
  let joining = 0;
  for (let instance = 0; instance < instances.count; instance++) {
    if (flagAt(instances.isReady, instance) === 0) continue;
    ready += 1;
    if (valueAt(streams.heldSince, instance) <= since) continue;
    flags[instance] = 1;
    joining += 1;
  }
  return 2 * joining < ready ? flags : flags.fill(0);
}
