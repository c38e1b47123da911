import type { Homeless, PlanRun } from '../state/plan.run';
import { isAllowedByLabels } from '../columns/label.classes';
import { flagAt, indexAt, valueAt } from '../columns/column.access';
import { sortForPlacing } from '../state/placing.order';

/**
 * First: finds what is broken, that is every stream that has to leave its owner. It comes first
 * since all that follows must know what does not stay. It only names the streams; their new homes
 * are found by `place`, after those of the streams that run nowhere, which need the room more.
 */
export function mend(run: PlanRun): void {
  const displaced = new Map<number, Homeless>();
  findMisplaced(run, displaced);
  findCrowded(run, displaced);
  findUneven(run, displaced);
  findOverfull(run, displaced);
  run.displaced = [...displaced.values()];
}

/** On an instance that is being emptied, or that the stream's labels forbid. */
function findMisplaced(run: PlanRun, displaced: Map<number, Homeless>): void {
  const { instances, labels, streams } = run.columns;
  const isDraining = Uint8Array.from(instances.statuses, (it) => (it === 'draining' ? 1 : 0));
  if (streams.classCount === 1 && !isDraining.includes(1)) return;
  for (let stream = 0; stream < streams.count; stream++) {
    const owner = indexAt(streams.ownerOf, stream);
    if (owner < 0 || !run.isPlannable(stream)) continue;
    if (flagAt(isDraining, owner) === 1) displaced.set(stream, { stream, reason: 'drain' });
    else if (!isAllowedByLabels(labels, indexAt(streams.classOf, stream), owner)) {
      displaced.set(stream, { stream, reason: 'constraint' });
    }
  }
}

/** Two of a spread group on one instance: the first in the order of placing stays. */
function findCrowded(run: PlanRun, displaced: Map<number, Homeless>): void {
  const { groupCount, groupOf, count } = run.columns.streams;
  if (groupCount === 0) return;
  const crowds = new Map<string, number[]>();
  for (let stream = 0; stream < count; stream++) {
    const group = indexAt(groupOf, stream);
    const home = run.homeOf(stream);
    if (group < 0 || home < 0 || displaced.has(stream)) continue;
    if (run.state.groups.countOn(group, home) < 2) continue;
    const key = `${group}/${home}`;
    crowds.set(key, [...(crowds.get(key) ?? []), stream]);
  }
  for (const crowd of crowds.values()) leaveOnlyFirst(run, crowd, displaced);
}

/**
 * A spread group that lies unevenly over the zones, as after the return of a zone that was lost: a
 * member leaves each zone that has two more than one with an open instance. One a plan and group:
 * the next plan sees where it went.
 */
function findUneven(run: PlanRun, displaced: Map<number, Homeless>): void {
  const { streams, instances } = run.columns;
  if (streams.groupCount === 0 || instances.zoneCount < 2) return;
  const isDone = new Uint8Array(streams.groupCount);
  // From behind: the last in the order of ids leaves, as the last would have come there.
  for (let stream = streams.count - 1; stream >= 0; stream--) {
    const group = indexAt(streams.groupOf, stream);
    if (group < 0 || flagAt(isDone, group) === 1) continue;
    if (!mayLeaveZone(run, stream) || displaced.has(stream)) continue;
    const policy = { mayHaveFailed: false, excluded: run.ownerOf(stream), keepsZones: true };
    const open = run.search.find(stream, policy);
    if (open < 0) continue;
    const there = run.search.membersBeside(stream, indexAt(instances.zoneOf, open));
    if (there >= run.search.membersBeside(stream, -1)) continue;
    displaced.set(stream, { stream, reason: 'spread' });
    isDone[group] = 1;
  }
}

/** It runs, may be moved, and shares its zone with another of its group. */
function mayLeaveZone(run: PlanRun, stream: number): boolean {
  const owner = run.ownerOf(stream);
  if (owner < 0 || run.homeOf(stream) !== owner || !run.isPlannable(stream)) return false;
  return run.search.membersBeside(stream, -1) > 0;
}

/** What cannot be moved now, because a move of it is under way, stays and is the first. */
function leaveOnlyFirst(run: PlanRun, crowd: number[], displaced: Map<number, Homeless>): void {
  const ordered = sortForPlacing(run.columns, crowd);
  const stays = ordered.find((stream) => !run.isPlannable(stream)) ?? ordered[0];
  for (const stream of ordered) {
    if (stream === stays || !run.isPlannable(stream)) continue;
    displaced.set(stream, { stream, reason: 'spread' });
  }
}

/** More on an instance than its limits allow, once everything that is leaving it has left. */
function findOverfull(run: PlanRun, displaced: Map<number, Homeless>): void {
  const candidates = listOverfull(run);
  if (candidates.length === 0) return;
  const excess = computeExcess(run, candidates, displaced);
  for (const [instance, over] of excess) {
    if (!over.some((amount) => amount > 0)) continue;
    const staying = run.streamsAt(instance).filter((stream) => {
      return run.isPlannable(stream) && run.ownerOf(stream) === instance && !displaced.has(stream);
    });
    // Last in the order of placing: lowest priority; but the fewest that suffice, so largest first.
    const leaving = Array.from(sortForPlacing(run.columns, staying)).sort((a, b) => {
      return priorityOf(run, a) - priorityOf(run, b);
    });
    for (const stream of leaving) {
      if (!over.some((amount) => amount > 0)) break;
      if (relieve(run, stream, over)) displaced.set(stream, { stream, reason: 'capacity' });
    }
  }
}

/** Instances that hold more than they may, whoever is about to leave. */
function listOverfull({ columns, state }: PlanRun): number[] {
  const { instances, dimensionCount } = columns;
  const overfull: number[] = [];
  for (let instance = 0; instance < instances.count; instance++) {
    let isOver = indexAt(state.streamCount, instance) > indexAt(instances.slots, instance);
    for (let dimension = 1; dimension < dimensionCount; dimension++) {
      const at = instance * dimensionCount + dimension;
      if (valueAt(state.load, at) > valueAt(instances.limit, at)) isOver = true;
    }
    if (isOver) overfull.push(instance);
  }
  return overfull;
}

function priorityOf(run: PlanRun, stream: number): number {
  return valueAt(run.columns.streams.priority, stream);
}

/**
 * Per instance and dimension, what it holds beyond its limits; dimension 0 stands for `streams`.
 */
function computeExcess(
  run: PlanRun,
  overfull: readonly number[],
  displaced: ReadonlyMap<number, Homeless>,
): Map<number, number[]> {
  const { instances, streams, dimensionCount } = run.columns;
  const excess = new Map(
    overfull.map((instance) => {
      const over = Array.from({ length: dimensionCount }, (_, dimension) => {
        const at = instance * dimensionCount + dimension;
        return dimension === 0
          ? indexAt(run.state.streamCount, instance) - indexAt(instances.slots, instance)
          : valueAt(run.state.load, at) - valueAt(instances.limit, at);
      });
      return [instance, over] as const;
    }),
  );
  for (const stream of displaced.keys()) {
    const over = excess.get(indexAt(streams.ownerOf, stream));
    if (over) relieve(run, stream, over);
  }
  return excess;
}

/** Takes the stream off what is over. True if that helps. */
function relieve(run: PlanRun, stream: number, over: number[]): boolean {
  let helps = false;
  const { streams, dimensionCount } = run.columns;
  for (const [dimension, amount] of over.entries()) {
    const demand =
      dimension === 0 ? 1 : valueAt(streams.demand, stream * dimensionCount + dimension);
    if (amount > 0 && demand > 0) helps = true;
    if (demand > 0) over[dimension] = amount - demand;
  }
  return helps;
}
