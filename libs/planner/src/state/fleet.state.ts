import type { FleetColumns } from '../columns/fleet.columns';
import type { MoveEnds } from '../columns/stream.columns';
import { addAt, countAt, flagAt, indexAt, valueAt } from '../columns/column.access';
import { InstanceHeaps } from './instance.heaps';
import { computeAccounts } from './accounts';
import { SpreadGroups } from './spread.groups';

/**
 * The fleet while a plan is made. Two accounts are kept of each instance:
 * - `load`, `streamCount`: when every step is done. Utilisation, and so every choice, follows them.
 * - `held`, `heldCount`: the most that it may hold while steps are under way, in whatever order
 * they   happen: a stream that moves is counted at both ends. Limits are checked against these,
 * which is   why they hold in every intermediate state.
 */
export class FleetState {
  /** Where each stream is when every step is done; -1 nowhere. */
  readonly homeOf: Int32Array;
  readonly load: Float64Array;
  readonly held: Float64Array;
  readonly streamCount: Int32Array;
  readonly heldCount: Int32Array;
  /** Load / share in the hottest dimension. */
  readonly utilisation: Float64Array;
  /** Enabled streams that were nowhere, and on their way to nowhere, when the plan began. */
  unplacedBefore: number;
  readonly groups: SpreadGroups;
  private builtHeaps: InstanceHeaps | undefined;
  private readonly leastDemand: Float64Array;

  constructor(private readonly columns: FleetColumns) {
    const { instances, streams } = columns;
    const accounts = computeAccounts(columns, streams.ownerOf);
    this.homeOf = streams.ownerOf.slice();
    this.load = accounts.load;
    this.held = accounts.load.slice();
    this.streamCount = accounts.streamCount;
    this.heldCount = accounts.streamCount.slice();
    this.unplacedBefore = accounts.unplaced;
    this.utilisation = new Float64Array(instances.count);
    this.groups = new SpreadGroups(streams.groupCount, instances.count, instances.zoneCount);
    this.leastDemand = columns.demandRange.least;
    this.countGroups();
    for (const [stream, ends] of streams.moves) this.countMove(stream, ends);
    for (let instance = 0; instance < instances.count; instance++) {
      this.utilisation[instance] = this.computeUtilisation(instance);
    }
  }

  /** Built when they are first asked for: placing in bulk goes without. */
  get heaps(): InstanceHeaps {
    this.builtHeaps ??= new InstanceHeaps(this.columns, (instance) => this.computeKey(instance));
    return this.builtHeaps;
  }

  /** Lets the heaps go before many instances change; whoever asks next has them built anew. */
  dropHeaps(): void {
    this.builtHeaps = undefined;
  }

  /**
   * Decides where the stream ends up; -1 takes it away. Takes back an earlier decision of this
   * plan.
   */
  setHome(stream: number, to: number): void {
    const { streams } = this.columns;
    const from = indexAt(this.homeOf, stream);
    const owner = indexAt(streams.ownerOf, stream);
    this.homeOf[stream] = to;
    if (from >= 0) {
      this.countLoad(stream, from, -1);
      if (from !== owner) this.countHeld(stream, from, -1);
      this.refresh(from);
    }
    if (to >= 0) {
      this.countLoad(stream, to, 1);
      if (to !== owner) this.countHeld(stream, to, 1);
      this.refresh(to);
    }
  }

  /**
   * `setHome` for a stream that is nowhere, in no group, while no heaps are built: placing in bulk.
   */
  addFresh(stream: number, instance: number): void {
    const { streams, instances, dimensionCount } = this.columns;
    this.homeOf[stream] = instance;
    countAt(this.streamCount, instance, 1);
    countAt(this.heldCount, instance, 1);
    let hottest = 0;
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const at = instance * dimensionCount + dimension;
      const demand = valueAt(streams.demand, stream * dimensionCount + dimension);
      const load = valueAt(this.load, at) + demand;
      this.load[at] = load;
      addAt(this.held, at, demand);
      const part = load / valueAt(instances.share, at);
      if (part > hottest) hottest = part;
    }
    this.utilisation[instance] = hottest;
  }

  /** Keeps room, in the account of what will be, for a stream that will be placed there later. */
  reserve(stream: number, instance: number): void {
    this.addDemand(this.load, stream, instance, 1);
    countAt(this.streamCount, instance, 1);
    this.refresh(instance);
  }

  /** True when every limit holds with the stream on the instance, whatever is still under way. */
  hasRoom(stream: number, instance: number): boolean {
    return this.findFullDimension(stream, instance) === -1;
  }

  hasSlot(instance: number): boolean {
    return indexAt(this.heldCount, instance) < indexAt(this.columns.instances.slots, instance);
  }

  /**
   * The first dimension without room for the stream: 0 stands for `streams`; -1 when all have room.
   */
  findFullDimension(stream: number, instance: number): number {
    const { instances, streams, dimensionCount } = this.columns;
    if (!this.hasSlot(instance)) return 0;
    for (let dimension = 1; dimension < dimensionCount; dimension++) {
      const at = instance * dimensionCount + dimension;
      const demand = valueAt(streams.demand, stream * dimensionCount + dimension);
      if (demand > 0 && valueAt(this.held, at) + demand > valueAt(instances.limit, at)) {
        return dimension;
      }
    }
    return -1;
  }

  /** Utilisation of the instance with `sign` (1 or -1) times the stream added. */
  utilisationWith(stream: number, instance: number, sign: 1 | -1): number {
    const { instances, streams, dimensionCount } = this.columns;
    let hottest = 0;
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const at = instance * dimensionCount + dimension;
      const demand = valueAt(streams.demand, stream * dimensionCount + dimension);
      const part = (valueAt(this.load, at) + sign * demand) / valueAt(instances.share, at);
      if (part > hottest) hottest = part;
    }
    return hottest;
  }

  /**
   * Utilisation of the instance with the stream on it; Infinity without room. A result that is not
   * below `below` may be any number that is not.
   */
  utilisationIfRoom(stream: number, instance: number, below: number): number {
    const { instances, streams, dimensionCount } = this.columns;
    // One without a slot may still stand behind the first of a queue.
    if (!this.hasSlot(instance)) return Number.POSITIVE_INFINITY;
    let hottest = 0;
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const at = instance * dimensionCount + dimension;
      const demand = valueAt(streams.demand, stream * dimensionCount + dimension);
      const part = (valueAt(this.load, at) + demand) / valueAt(instances.share, at);
      if (part >= below) return part;
      if (part > hottest) hottest = part;
      if (demand > 0 && valueAt(this.held, at) + demand > valueAt(instances.limit, at)) {
        return Number.POSITIVE_INFINITY;
      }
    }
    return hottest;
  }

  /** What the stream alone makes of the instance's utilisation. */
  utilisationOf(stream: number, instance: number): number {
    const { instances, streams, dimensionCount } = this.columns;
    let hottest = 0;
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const demand = valueAt(streams.demand, stream * dimensionCount + dimension);
      const part = demand / valueAt(instances.share, instance * dimensionCount + dimension);
      if (part > hottest) hottest = part;
    }
    return hottest;
  }

  private countGroups(): void {
    const { streams, instances } = this.columns;
    if (streams.groupCount === 0) return;
    for (let stream = 0; stream < streams.count; stream++) {
      const group = indexAt(streams.groupOf, stream);
      const owner = indexAt(streams.ownerOf, stream);
      if (group < 0 || owner < 0) continue;
      this.groups.changePresence(group, owner, 1);
      this.groups.changeZone(group, indexAt(instances.zoneOf, owner), 1);
    }
  }

  /** A stream on its way is at home where it goes, and is held wherever it is or may be. */
  private countMove(stream: number, { from, to }: MoveEnds): void {
    const owner = indexAt(this.columns.streams.ownerOf, stream);
    const home = to >= 0 ? to : owner >= 0 ? owner : from;
    this.homeOf[stream] = home;
    if (home < 0) return;
    if (home !== owner) {
      if (owner >= 0) this.countLoad(stream, owner, -1);
      else this.unplacedBefore -= flagAt(this.columns.streams.isEnabled, stream);
      this.countLoad(stream, home, 1);
      this.countHeld(stream, home, 1);
    }
    if (from >= 0 && from !== home && from !== owner) this.countHeld(stream, from, 1);
  }

  private countLoad(stream: number, instance: number, sign: 1 | -1): void {
    this.addDemand(this.load, stream, instance, sign);
    countAt(this.streamCount, instance, sign);
    const group = indexAt(this.columns.streams.groupOf, stream);
    if (group < 0) return;
    this.groups.changeZone(group, indexAt(this.columns.instances.zoneOf, instance), sign);
  }

  private countHeld(stream: number, instance: number, sign: 1 | -1): void {
    this.addDemand(this.held, stream, instance, sign);
    countAt(this.heldCount, instance, sign);
    const group = indexAt(this.columns.streams.groupOf, stream);
    if (group >= 0) this.groups.changePresence(group, instance, sign);
  }

  private addDemand(account: Float64Array, stream: number, instance: number, sign: 1 | -1): void {
    const { streams, dimensionCount } = this.columns;
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const demand = valueAt(streams.demand, stream * dimensionCount + dimension);
      addAt(account, instance * dimensionCount + dimension, sign * demand);
    }
  }

  private refresh(instance: number): void {
    this.utilisation[instance] = this.computeUtilisation(instance);
    if (this.builtHeaps) this.builtHeaps.update(instance, this.computeKey(instance));
  }

  private computeUtilisation(instance: number): number {
    const { instances, dimensionCount } = this.columns;
    let hottest = 0;
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const at = instance * dimensionCount + dimension;
      const part = valueAt(this.load, at) / valueAt(instances.share, at);
      if (part > hottest) hottest = part;
    }
    return hottest;
  }

  /** Infinity when there is no room even for the smallest demand of each resource. */
  private computeKey(instance: number): number {
    const { instances, dimensionCount } = this.columns;
    if (flagAt(instances.isReady, instance) === 0) return Number.POSITIVE_INFINITY;
    if (!this.hasSlot(instance)) return Number.POSITIVE_INFINITY;
    for (let dimension = 1; dimension < dimensionCount; dimension++) {
      const at = instance * dimensionCount + dimension;
      const least = valueAt(this.leastDemand, dimension);
      if (least > 0 && valueAt(this.held, at) + least > valueAt(instances.limit, at)) {
        return Number.POSITIVE_INFINITY;
      }
    }
    return valueAt(this.utilisation, instance);
  }
}
