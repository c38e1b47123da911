import { flagAt, indexAt, valueAt } from '../columns/column.access';
import { isAllowedByLabels } from '../columns/label.classes';
import type { PlanRun } from '../state/plan.run';

/**
 * Room only shrinks while placing. So once a stream has found none, the most that any one instance
 * has left of each resource bounds what others of its class may still hope for: a full fleet is not
 * searched anew for each of a hundred thousand streams.
 */
export class FailureMemo {
  /** Class -> most free of each dimension on any one instance; 0 stands for `streams`. */
  private readonly mostFree = new Map<number, Float64Array>();

  constructor(private readonly run: PlanRun) {}

  /** True when no instance can have room for the stream. */
  isKnown(stream: number): boolean {
    const { dimensionCount, streams } = this.run.columns;
    const most = this.mostFree.get(indexAt(streams.classOf, stream));
    if (most === undefined) return false;
    if (valueAt(most, 0) < 1) return true;
    for (let dimension = 1; dimension < dimensionCount; dimension++) {
      const demand = valueAt(streams.demand, stream * dimensionCount + dimension);
      if (demand > 0 && demand > valueAt(most, dimension)) return true;
    }
    return false;
  }

  /** To be called when the stream has found no room. */
  note(stream: number): void {
    const { dimensionCount, streams, instances, labels } = this.run.columns;
    const { held, heldCount } = this.run.state;
    const classId = indexAt(streams.classOf, stream);
    const most = new Float64Array(dimensionCount);
    for (let instance = 0; instance < instances.count; instance++) {
      if (flagAt(instances.isReady, instance) === 0) continue;
      if (!isAllowedByLabels(labels, classId, instance)) continue;
      const slots = indexAt(instances.slots, instance) - indexAt(heldCount, instance);
      most[0] = Math.max(valueAt(most, 0), slots);
      for (let dimension = 1; dimension < dimensionCount; dimension++) {
        const at = instance * dimensionCount + dimension;
        const free = valueAt(instances.limit, at) - valueAt(held, at);
        most[dimension] = Math.max(valueAt(most, dimension), free);
      }
    }
    this.mostFree.set(classId, most);
  }
}
