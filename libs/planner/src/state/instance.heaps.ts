import type { FleetColumns } from '../columns/fleet.columns';
import { flagAt, indexAt, valueAt } from '../columns/column.access';

/**
 * The ready instances, coldest first, in one heap per cell; a cell is what agrees on labels (kind)
 * and zone. Each instance is in one heap only, so a change of its load moves it in that one, in
 * O(log n), and a stream looks only into the cells that its labels allow.
 * An instance without room for anything has the key Infinity and sinks to the bottom.
 */
export class InstanceHeaps {
  readonly cellCount: number;
  private readonly offsets: Int32Array;
  private readonly order: Int32Array;
  private readonly positions: Int32Array;
  private readonly cellOfInstance: Int32Array;
  private readonly keys: Float64Array;
  private readonly tieRank: Int32Array;

  constructor(
    private readonly columns: FleetColumns,
    keyOf: (instance: number) => number,
  ) {
    const { instances, labels } = columns;
    this.cellCount = labels.kindCount * instances.zoneCount;
    this.offsets = new Int32Array(this.cellCount + 1);
    this.positions = new Int32Array(instances.count).fill(-1);
    this.cellOfInstance = new Int32Array(instances.count).fill(-1);
    this.keys = new Float64Array(instances.count).fill(Number.POSITIVE_INFINITY);
    this.tieRank = instances.tieRank;
    this.order = this.sortIntoCells();
    for (const instance of this.order) this.keys[instance] = keyOf(instance);
    for (let cell = 0; cell < this.cellCount; cell++) this.heapify(cell);
  }

  /** Instances in the cell. */
  sizeOf(cell: number): number {
    return indexAt(this.offsets, cell + 1) - indexAt(this.offsets, cell);
  }

  /**
   * The instance at a place of the cell's heap; 0 is the coldest, 2p+1 and 2p+2 are no colder than
   * p.
   */
  instanceAt(cell: number, place: number): number {
    return indexAt(this.order, indexAt(this.offsets, cell) + place);
  }

  /**
   * About the `count` coldest of the cell, the coldest among them, in no order.
   */
  listColdest(cell: number, count: number): number[] {
    // The k-th coldest may be deeper down, but is nearly always among the first 2k.
    const end = Math.min(this.sizeOf(cell), 2 * count);
    return Array.from({ length: end }, (_, place) => this.instanceAt(cell, place));
  }

  keyOf(instance: number): number {
    return valueAt(this.keys, instance);
  }

  cellOf(kind: number, zone: number): number {
    return kind * this.columns.instances.zoneCount + zone;
  }

  /** Gives an instance another key; one that is not ready is in no heap and is passed over. */
  update(instance: number, key: number): void {
    const cell = indexAt(this.cellOfInstance, instance);
    if (cell < 0 || key === this.keyOf(instance)) return;
    const isColder = key < this.keyOf(instance);
    this.keys[instance] = key;
    const place = indexAt(this.positions, instance);
    if (isColder) this.siftUp(cell, place);
    else this.siftDown(cell, place);
  }

  private sortIntoCells(): Int32Array {
    const { instances, labels } = this.columns;
    const members: number[][] = Array.from({ length: this.cellCount }, () => []);
    for (let instance = 0; instance < instances.count; instance++) {
      if (flagAt(instances.isReady, instance) === 0) continue;
      const zone = indexAt(instances.zoneOf, instance);
      const cell = this.cellOf(indexAt(labels.kindOf, instance), zone);
      this.cellOfInstance[instance] = cell;
      members[cell]?.push(instance);
    }
    for (const [cell, inCell] of members.entries()) {
      this.offsets[cell + 1] = indexAt(this.offsets, cell) + inCell.length;
    }
    return Int32Array.from(members.flat());
  }

  private heapify(cell: number): void {
    const size = this.sizeOf(cell);
    for (let place = 0; place < size; place++) {
      this.positions[this.instanceAt(cell, place)] = place;
    }
    for (let place = (size >> 1) - 1; place >= 0; place--) this.siftDown(cell, place);
  }

  private siftUp(cell: number, from: number): void {
    const offset = indexAt(this.offsets, cell);
    const instance = indexAt(this.order, offset + from);
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = indexAt(this.order, offset + parent);
      if (!this.isBefore(instance, above)) break;
      this.put(offset, place, above);
      place = parent;
    }
    this.put(offset, place, instance);
  }

  private siftDown(cell: number, from: number): void {
    const offset = indexAt(this.offsets, cell);
    const size = this.sizeOf(cell);
    const instance = indexAt(this.order, offset + from);
    let place = from;
    for (let child = 2 * place + 1; child < size; child = 2 * place + 1) {
      let below = indexAt(this.order, offset + child);
      if (child + 1 < size) {
        const right = indexAt(this.order, offset + child + 1);
        if (this.isBefore(right, below)) {
          below = right;
          child += 1;
        }
      }
      if (!this.isBefore(below, instance)) break;
      this.put(offset, place, below);
      place = child;
    }
    this.put(offset, place, instance);
  }

  private put(offset: number, place: number, instance: number): void {
    this.order[offset + place] = instance;
    this.positions[instance] = place;
  }

  private isBefore(left: number, right: number): boolean {
    const difference = this.keyOf(left) - this.keyOf(right);
    if (difference < 0) return true;
    if (difference > 0) return false;
    // Equal keys, or both Infinity.
    return indexAt(this.tieRank, left) < indexAt(this.tieRank, right);
  }
}
