import type { Homeless, PlanRun } from '../state/plan.run';
import { isAllowedByLabels } from '../columns/label.classes';
import { flagAt, indexAt, valueAt } from '../columns/column.access';

/** Instances tried for one stream, coldest first: each costs a look at every stream on it. */
const TARGETS_MAX = 16;

/**
 * Third: a stream that is allowed somewhere but finds no gap large enough gets one, by shifting
 * others away. It comes after placing, which takes the gaps that are there, and before balancing,
 * which must not undo it. The stream itself is placed by the plan that sees the room free: until
 * the shifted ones have left, both would not fit.
 */
export function makeRoom(run: PlanRun): void {
  let streamsLeft = run.settings.maxMakeRoomStreams;
  for (const { stream } of listInTurn(run)) {
    if (!run.hasEffortLeft() || !run.budget.hasAny()) return;
    if (streamsLeft <= 0) {
      run.budget.isShort = true;
      return;
    }
    const targets = listTargets(run, stream);
    if (targets.length === 0) continue;
    const target = targets.find((instance) => willHaveRoom(run, stream, instance));
    if (target !== undefined) reserve(run, stream, target);
    else if (shiftForOne(run, stream, targets.slice(0, TARGETS_MAX))) streamsLeft -= 1;
  }
}

/** Streams that one plan tries to make room for: each is a search of the whole fleet. */
const TRIES_MAX = 64;

/**
 * The streams whose turn it is. Where more wait than can be tried, a plan of a second
 * later begins behind these: what there is no room for must not keep others waiting for ever.
 */
function listInTurn(run: PlanRun): readonly Homeless[] {
  const { homeless, now } = run;
  if (homeless.length <= TRIES_MAX) return homeless;
  run.budget.isShort = true;
  const turn = Number.isFinite(now) ? Math.floor(now / 1_000) : 0;
  const begin = (turn * TRIES_MAX) % homeless.length;
  return [...homeless.slice(begin), ...homeless.slice(0, begin)].slice(0, TRIES_MAX);
}

function reserve(run: PlanRun, stream: number, target: number): void {
  run.state.reserve(stream, target);
  run.roomMadeFor.set(stream, target);
}

interface Shifts {
  readonly target: number;
  readonly shifted: readonly { readonly stream: number; readonly home: number }[];
  /** Utilisation of the hottest instance that is touched, with the stream on the target. */
  readonly peak: number;
}

/**
 * The fewest shifts, of those that leave the lowest peak, of those the coldest target. False if
 * there are none.
 */
function shiftForOne(run: PlanRun, stream: number, targets: readonly number[]): boolean {
  let best: Shifts | undefined;
  for (const target of targets) {
    const found = tryShifts(run, stream, target);
    if (found && (best === undefined || compareShifts(found, best) < 0)) best = found;
  }
  if (best === undefined) return false;
  for (const { stream: other, home } of best.shifted) {
    run.setHome(other, home);
    run.budget.take(best.target, home);
    run.decisions.note(other, 'makeRoom');
  }
  reserve(run, stream, best.target);
  return true;
}

function compareShifts(left: Shifts, right: Shifts): number {
  return left.shifted.length - right.shifted.length || left.peak - right.peak;
}

/** Shifts, measures and takes back. */
function tryShifts(run: PlanRun, stream: number, target: number): Shifts | undefined {
  const streams = shiftAway(run, stream, target);
  if (streams === undefined) return undefined;
  const shifted = streams.map((other) => ({ stream: other, home: run.homeOf(other) }));
  const peak = Math.max(
    run.state.utilisationWith(stream, target, 1),
    ...shifted.map(({ home }) => run.utilisation(home)),
  );
  for (const other of streams) run.setHome(other, target);
  return { target, shifted, peak };
}

/** Ready instances where the stream may be but for room, coldest first. */
function listTargets(run: PlanRun, stream: number): number[] {
  const { instances, labels, streams } = run.columns;
  const classId = indexAt(streams.classOf, stream);
  const group = indexAt(streams.groupOf, stream);
  const targets: number[] = [];
  for (let instance = 0; instance < instances.count; instance++) {
    if (flagAt(instances.isReady, instance) === 0) continue;
    if (instance === run.ownerOf(stream) || !couldEverHold(run, stream, instance)) continue;
    if (!isAllowedByLabels(labels, classId, instance)) continue;
    if (group >= 0 && run.state.groups.countOn(group, instance) > 0) continue;
    if (streams.failedOn.get(stream)?.has(instance)) continue;
    targets.push(instance);
  }
  return targets.sort((left, right) => {
    return run.utilisation(left) - run.utilisation(right) || left - right;
  });
}

function couldEverHold(run: PlanRun, stream: number, instance: number): boolean {
  const { instances, streams, dimensionCount } = run.columns;
  if (indexAt(instances.slots, instance) < 1) return false;
  for (let dimension = 1; dimension < dimensionCount; dimension++) {
    const demand = valueAt(streams.demand, stream * dimensionCount + dimension);
    if (demand > valueAt(instances.limit, instance * dimensionCount + dimension)) return false;
  }
  return true;
}

/** True when moves that are under way or decided leave enough room there in the end. */
function willHaveRoom(run: PlanRun, stream: number, instance: number): boolean {
  return listMissing(run, stream, instance).every((missing) => missing <= 0);
}

/** What the stream lacks on the instance per dimension; dimension 0 stands for `streams`. */
function listMissing(run: PlanRun, stream: number, instance: number): number[] {
  const { instances, streams, dimensionCount } = run.columns;
  return Array.from({ length: dimensionCount }, (_, dimension) => {
    if (dimension === 0) {
      return indexAt(run.state.streamCount, instance) + 1 - indexAt(instances.slots, instance);
    }
    const at = instance * dimensionCount + dimension;
    const demand = valueAt(streams.demand, stream * dimensionCount + dimension);
    if (demand === 0) return 0;
    return valueAt(run.state.load, at) + demand - valueAt(instances.limit, at);
  });
}

/**
 * Shifts streams off the target until the stream fits. All or nothing: undefined if it cannot be.
 */
function shiftAway(run: PlanRun, stream: number, target: number): number[] | undefined {
  const shifted: number[] = [];
  const candidates = run.streamsAt(target).filter((other) => isShiftable(run, other, target));
  const shiftsMax = Math.min(run.settings.maxMakeRoomShifts, run.budget.remaining);
  while (shifted.length < shiftsMax) {
    const missing = listMissing(run, stream, target);
    if (missing.every((amount) => amount <= 0)) return shifted;
    const next = shiftOne(run, candidates, missing, target);
    if (next === -1) break;
    shifted.push(next);
  }
  if (willHaveRoom(run, stream, target)) return shifted;
  for (const other of shifted) run.setHome(other, target);
  return undefined;
}

function isShiftable(run: PlanRun, stream: number, instance: number): boolean {
  const isAtRest = run.isPlannable(stream) && !run.decisions.has(stream);
  return isAtRest && run.ownerOf(stream) === instance;
}

/** The one whose leaving helps most finds another home first; -1 if none of them has one. */
function shiftOne(
  run: PlanRun,
  candidates: number[],
  missing: readonly number[],
  target: number,
): number {
  const byHelp = candidates.map((stream) => ({ stream, help: helpOf(run, stream, missing) }));
  byHelp.sort((a, b) => b.help - a.help || compareCheapness(run, a.stream, b.stream));
  for (const { stream, help } of byHelp) {
    if (help <= 0) return -1;
    candidates.splice(candidates.indexOf(stream), 1);
    const policy = { mayHaveFailed: false, excluded: target, keepsZones: true };
    const home = run.search.find(stream, policy);
    if (home < 0) continue;
    run.setHome(stream, home);
    return stream;
  }
  return -1;
}

/** Share of what is missing that the stream would free, summed over what is missing. */
function helpOf(run: PlanRun, stream: number, missing: readonly number[]): number {
  const { streams, dimensionCount } = run.columns;
  let help = 0;
  for (const [dimension, amount] of missing.entries()) {
    if (amount <= 0) continue;
    const freed =
      dimension === 0 ? 1 : valueAt(streams.demand, stream * dimensionCount + dimension);
    help += Math.min(1, freed / amount);
  }
  return help;
}

/** Of those that help alike, the one with the least weight is disturbed. */
function compareCheapness(run: PlanRun, left: number, right: number): number {
  const { streams, dimensionCount } = run.columns;
  const difference =
    valueAt(streams.demand, left * dimensionCount) -
    valueAt(streams.demand, right * dimensionCount);
  return difference || left - right;
}
