import { indexAt } from '../columns/column.access';

/**
 * Where the members of each spread group are. Presence on an instance is counted at both ends of a
 * move, since both may run for a while; zones are counted where members will be in the end.
 */
export class SpreadGroups {
  private readonly presence = new Map<number, number>();
  private readonly zoneCounts: Int32Array;

  constructor(
    groupCount: number,
    private readonly instanceCount: number,
    private readonly zoneCount: number,
  ) {
    this.zoneCounts = new Int32Array(groupCount * zoneCount);
  }

  /** Members of the group that are, or may still be, on the instance. */
  countOn(group: number, instance: number): number {
    return this.presence.get(group * this.instanceCount + instance) ?? 0;
  }

  countInZone(group: number, zone: number): number {
    return indexAt(this.zoneCounts, group * this.zoneCount + zone);
  }

  changePresence(group: number, instance: number, change: number): void {
    const key = group * this.instanceCount + instance;
    this.presence.set(key, (this.presence.get(key) ?? 0) + change);
  }

  changeZone(group: number, zone: number, change: number): void {
    const at = group * this.zoneCount + zone;
    this.zoneCounts[at] = this.countInZone(group, zone) + change;
  }
}
