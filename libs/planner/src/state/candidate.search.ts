import type { FleetColumns } from '../columns/fleet.columns';
import type { FleetState } from './fleet.state';
import { countAt, flagAt, indexAt, valueAt } from '../columns/column.access';

/** What a search for a stream's instance may not do, beyond what is never allowed. */
export interface SearchPolicy {
  /** May it be an instance on which the stream failed? */
  readonly mayHaveFailed: boolean;
  /** An instance that it may not be; -1 for none. */
  readonly excluded: number;
  /** True: the stream's group must not be less even over zones than it is. */
  readonly keepsZones: boolean;
}

/**
 * Once something is found, about so many more instances are looked at for a better one, shared by
 * the cells, but a few in each. With one dimension and equal capacities the first found is the
 * best; otherwise it is very nearly so.
 */
const FURTHER_LOOKS = 16;
const FURTHER_LOOKS_IN_CELL = 2;

/**
 * Guards the pruning against the last bit of a division, so that equals are not looked at one by
 * one.
 */
const NEARLY_ONE = 1 - 1e-12;

/**
 * Finds the allowed instance that is least utilised with the stream on it: walks the heaps of the
 * cells that the stream's labels allow, coldest first, and leaves out every branch that cannot be
 * better.
 */
export class CandidateSearch {
  /** Pairs of stream and instance weighed so far. */
  evaluated = 0;
  private readonly cellsOfClass: (Int32Array | undefined)[] = [];
  private readonly kindsOfClass: (Int32Array | undefined)[] = [];
  private readonly places: Int32Array;
  private readonly largestShare: number;
  private readonly cellSizes: Int32Array;
  private looksPerCell = FURTHER_LOOKS;
  private best = -1;
  private bestUtilisation = Number.POSITIVE_INFINITY;

  constructor(
    private readonly columns: FleetColumns,
    private readonly state: FleetState,
  ) {
    this.places = new Int32Array(2 * columns.instances.count + 2);
    this.largestShare = computeLargestShare(columns);
    this.cellSizes = countCells(columns);
  }

  /** The best instance for the stream, or -1. */
  find(stream: number, policy: SearchPolicy): number {
    this.best = -1;
    this.bestUtilisation = Number.POSITIVE_INFINITY;
    const cells = this.cellsOf(indexAt(this.columns.streams.classOf, stream));
    this.looksPerCell = Math.max(FURTHER_LOOKS_IN_CELL, Math.ceil(FURTHER_LOOKS / cells.length));
    const group = indexAt(this.columns.streams.groupOf, stream);
    if (group >= 0) this.searchByZone(stream, cells, policy);
    else for (const cell of cells) this.searchCell(stream, cell, policy);
    return this.best;
  }

  /**
   * The least utilisation of any instance that the stream's labels allow; Infinity if none has
   * room.
   */
  coldestFor(stream: number): number {
    let coldest = Number.POSITIVE_INFINITY;
    const { heaps } = this.state;
    for (const cell of this.cellsOf(indexAt(this.columns.streams.classOf, stream))) {
      coldest = Math.min(coldest, heaps.keyOf(heaps.instanceAt(cell, 0)));
    }
    return coldest;
  }

  /** True unless something beyond labels and status forbids the stream on the instance. */
  isOpen(stream: number, instance: number, policy: SearchPolicy): boolean {
    const { streams } = this.columns;
    if (instance === policy.excluded || !this.state.hasRoom(stream, instance)) return false;
    if (!policy.mayHaveFailed && streams.failedOn.get(stream)?.has(instance)) return false;
    return !this.isBesideItsGroup(stream, instance);
  }

  /** True when the stream's group is not less even over zones with the stream there. */
  keepsGroupEven(stream: number, to: number): boolean {
    if (indexAt(this.columns.streams.groupOf, stream) < 0) return true;
    const zone = indexAt(this.columns.instances.zoneOf, to);
    return this.membersBeside(stream, zone) <= this.membersBeside(stream, -1);
  }

  private isBesideItsGroup(stream: number, instance: number): boolean {
    const group = indexAt(this.columns.streams.groupOf, stream);
    if (group < 0) return false;
    const isThere = indexAt(this.columns.streams.ownerOf, stream) === instance ? 1 : 0;
    return this.state.groups.countOn(group, instance) > isThere;
  }

  /**
   * Zones with fewer of the group come first, whatever their load: evenness over zones is a
   * promise.
   */
  private searchByZone(stream: number, cells: Int32Array, policy: SearchPolicy): void {
    const { zoneCount } = this.columns.instances;
    const highest = policy.keepsZones ? this.membersBeside(stream, -1) : Number.POSITIVE_INFINITY;
    for (let level = this.nextLevel(stream, cells, -1); level <= highest;) {
      for (const cell of cells) {
        if (this.membersBeside(stream, cell % zoneCount) !== level) continue;
        this.searchCell(stream, cell, policy);
      }
      const next = this.nextLevel(stream, cells, level);
      if (this.best >= 0 || next === Number.POSITIVE_INFINITY) return;
      level = next;
    }
  }

  /** Others of the stream's group in a zone; -1 stands for the zone where it is. */
  membersBeside(stream: number, zone: number): number {
    const home = indexAt(this.state.homeOf, stream);
    const homeZone = home < 0 ? -1 : indexAt(this.columns.instances.zoneOf, home);
    const wanted = zone < 0 ? homeZone : zone;
    if (wanted < 0) return 0;
    const members = this.state.groups.countInZone(
      indexAt(this.columns.streams.groupOf, stream),
      wanted,
    );
    return wanted === homeZone ? members - 1 : members;
  }

  private nextLevel(stream: number, cells: Int32Array, above: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const cell of cells) {
      const members = this.membersBeside(stream, cell % this.columns.instances.zoneCount);
      if (members > above && members < next) next = members;
    }
    return next;
  }

  private searchCell(stream: number, cell: number, policy: SearchPolicy): void {
    const { heaps } = this.state;
    const size = heaps.sizeOf(cell);
    const leastRise = this.leastRise(stream);
    let looksLeft = this.looksPerCell;
    let depth = 0;
    this.places[depth++] = 0;
    while (depth > 0 && looksLeft > 0) {
      const place = indexAt(this.places, --depth);
      const instance = heaps.instanceAt(cell, place);
      const key = heaps.keyOf(instance);
      if (key === Number.POSITIVE_INFINITY) continue;
      if (key + leastRise >= this.bestUtilisation * NEARLY_ONE) continue;
      this.weigh(stream, instance, policy);
      if (this.best >= 0) looksLeft -= 1;
      if (2 * place + 2 < size) this.places[depth++] = 2 * place + 2;
      if (2 * place + 1 < size) this.places[depth++] = 2 * place + 1;
    }
  }

  private weigh(stream: number, instance: number, policy: SearchPolicy): void {
    this.evaluated += 1;
    if (!this.isOpen(stream, instance, policy)) return;
    const utilisation = this.state.utilisationWith(stream, instance, 1);
    const isTie = utilisation === this.bestUtilisation;
    const { tieRank } = this.columns.instances;
    if (utilisation > this.bestUtilisation) return;
    if (isTie && indexAt(tieRank, instance) > indexAt(tieRank, this.best)) return;
    this.best = instance;
    this.bestUtilisation = utilisation;
  }

  /**
   * By how much the stream raises any instance at least. Only weight is known to raise all of them.
   */
  private leastRise(stream: number): number {
    const { dimensionCount, streams } = this.columns;
    return dimensionCount > 1 ? 0 : valueAt(streams.demand, stream) / this.largestShare;
  }

  /** The kinds of ready instances that the class may be on. */
  kindsOf(classId: number): Int32Array {
    const known = this.kindsOfClass[classId];
    if (known !== undefined) return known;
    const { zoneCount } = this.columns.instances;
    const kinds = this.cellsOf(classId).map((cell) => Math.floor(cell / zoneCount));
    const found = Int32Array.from(new Set(kinds));
    this.kindsOfClass[classId] = found;
    return found;
  }

  /** The cells with ready instances that the class may be in. */
  cellsOf(classId: number): Int32Array {
    const known = this.cellsOfClass[classId];
    if (known !== undefined) return known;
    const { labels, instances } = this.columns;
    const sizes = this.cellSizes;
    const cells: number[] = [];
    for (let kind = 0; kind < labels.kindCount; kind++) {
      if (flagAt(labels.allowed, classId * labels.kindCount + kind) === 0) continue;
      for (let zone = 0; zone < instances.zoneCount; zone++) {
        const cell = kind * instances.zoneCount + zone;
        if (indexAt(sizes, cell) > 0) cells.push(cell);
      }
    }
    const found = Int32Array.from(cells);
    this.cellsOfClass[classId] = found;
    return found;
  }
}

function computeLargestShare(columns: FleetColumns): number {
  const { instances, dimensionCount } = columns;
  let largest = 1;
  for (let at = 0; at < instances.share.length; at += dimensionCount) {
    largest = Math.max(largest, valueAt(instances.share, at));
  }
  return largest;
}

/** Ready instances in each cell. */
function countCells({ instances, labels }: FleetColumns): Int32Array {
  const sizes = new Int32Array(labels.kindCount * instances.zoneCount);
  for (let instance = 0; instance < instances.count; instance++) {
    if (flagAt(instances.isReady, instance) === 0) continue;
    const kind = indexAt(labels.kindOf, instance);
    countAt(sizes, kind * instances.zoneCount + indexAt(instances.zoneOf, instance), 1);
  }
  return sizes;
}
