import type { FleetColumns } from '../columns/fleet.columns';
import { flagAt, indexAt, valueAt } from '../columns/column.access';

/**
 * Room only shrinks while placing, so what has found none tells that nothing of its class that
 * wants as much of everything will: a full fleet is not searched anew for each of a hundred
 * thousand streams.
 */
export class FailureMemo {
  private readonly demandOfClass = new Map<number, Float64Array>();

  constructor(private readonly columns: FleetColumns) {}

  isKnown(stream: number): boolean {
    const { dimensionCount, streams } = this.columns;
    const failed = this.demandOfClass.get(indexAt(streams.classOf, stream));
    if (failed === undefined) return false;
    for (let dimension = 1; dimension < dimensionCount; dimension++) {
      const demand = valueAt(streams.demand, stream * dimensionCount + dimension);
      if (demand < valueAt(failed, dimension)) return false;
    }
    return true;
  }

  note(stream: number): void {
    const { dimensionCount, streams, instances } = this.columns;
    // Its group, or that it may not stay with its owner, may be what it failed for, which says
    // nothing of others; an owner that takes nobody is no loss to it.
    if (indexAt(streams.groupOf, stream) >= 0) return;
    const owner = indexAt(streams.ownerOf, stream);
    if (owner >= 0 && flagAt(instances.isReady, owner) === 1) return;
    const at = stream * dimensionCount;
    const demand = streams.demand.slice(at, at + dimensionCount);
    this.demandOfClass.set(indexAt(streams.classOf, stream), demand);
  }
}
