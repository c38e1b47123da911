import type { StepReason } from '../boundary/plan.view';
import type { PlanRun } from '../state/plan.run';
import { flagAt, indexAt, valueAt } from '../columns/column.access';
import { sortForPlacing } from '../state/placing.order';
import { isBulk, placeInBulk } from './place.bulk';
import { FailureMemo } from './place.failures';

/**
 * Second: finds homes. Streams without an owner come before those that only have to leave theirs:
 * the ones are down, the others run. It comes before anything that makes the fleet better, so that
 * a new stream never waits for balancing.
 */
export function place(run: PlanRun): void {
  const failures = new FailureMemo(run);
  const unowned = listUnowned(run);
  if (isBulk(run, unowned.length)) placeMany(run, unowned, failures);
  else for (const stream of unowned) findAndTakeHome(run, toHomeless(run, stream), failures);
  const reasons = new Map(run.displaced.map(({ stream, reason }) => [stream, reason]));
  for (const stream of sortForPlacing(run.columns, [...reasons.keys()])) {
    if (!run.budget.hasAny() || !run.hasEffortLeft()) return;
    const reason = reasons.get(stream) ?? 'constraint';
    findAndTakeHome(run, { stream, reason }, failures);
  }
}

/**
 * Fifth: balancing may have sent on a stream that was only being placed, which leaves room at once.
 * Whoever found none before is tried again.
 */
export function placeAgain(run: PlanRun): void {
  if (!run.hasRerouted) return;
  const failures = new FailureMemo(run);
  for (const waiting of run.homeless.splice(0)) {
    if (run.ownerOf(waiting.stream) >= 0 && !run.budget.hasAny()) run.homeless.push(waiting);
    else findAndTakeHome(run, waiting, failures);
  }
}

/**
 * One priority after the other. Within one, those that may not be just anywhere choose first: they
 * are few, and what they find taken they cannot replace.
 */
function placeMany(run: PlanRun, unowned: Int32Array, failures: FailureMemo): void {
  for (const [begin, end] of listLevels(run, unowned)) {
    placeLevel(run, unowned.subarray(begin, end), failures);
  }
}

/** Each level sets up its own queue: where there are more priorities, neighbours share one. */
const LEVELS_MAX = 16;

/** From where to where in `unowned` each level of priority goes. */
function listLevels(run: PlanRun, unowned: Int32Array): [begin: number, end: number][] {
  const { priority } = run.columns.streams;
  const levels: [number, number][] = [];
  let begin = 0;
  for (let at = 1; at <= unowned.length; at++) {
    const isSame =
      at < unowned.length &&
      valueAt(priority, indexAt(unowned, at)) === valueAt(priority, indexAt(unowned, at - 1));
    if (isSame) continue;
    levels.push([begin, at]);
    begin = at;
  }
  if (levels.length <= LEVELS_MAX) return levels;
  const each = Math.ceil(levels.length / LEVELS_MAX);
  return Array.from({ length: Math.ceil(levels.length / each) }, (_, at) => {
    const last = levels[Math.min(levels.length, (at + 1) * each) - 1];
    return [levels[at * each]?.[0] ?? 0, last?.[1] ?? 0];
  });
}

function placeLevel(run: PlanRun, level: Int32Array, failures: FailureMemo): void {
  const { groupOf, groupCount, failedOn } = run.columns.streams;
  let simple = level;
  if (groupCount > 0 || failedOn.size > 0) {
    const isSimple = (stream: number): boolean =>
      indexAt(groupOf, stream) < 0 && !failedOn.has(stream);
    simple = level.filter(isSimple);
    for (const stream of level) {
      if (!isSimple(stream)) findAndTakeHome(run, toHomeless(run, stream), failures);
    }
  }
  run.state.dropHeaps();
  const left = placeInBulk(run, simple);
  noteById(run, simple);
  for (const stream of left) findAndTakeHome(run, toHomeless(run, stream), failures);
}

/** In the order of their ids: what follows reads them one after the other in memory. */
function noteById(run: PlanRun, placed: Int32Array): void {
  const isPlaced = new Uint8Array(run.columns.streams.count);
  for (let at = 0; at < placed.length; at++) {
    const stream = indexAt(placed, at);
    if (run.homeOf(stream) >= 0) isPlaced[stream] = 1;
  }
  for (let stream = 0; stream < isPlaced.length; stream++) {
    if (flagAt(isPlaced, stream) === 1) run.decisions.note(stream, reasonOf(run, stream));
  }
}

function reasonOf(run: PlanRun, stream: number): StepReason {
  return run.columns.streams.views[stream]?.owner === undefined ? 'orphaned' : 'failover';
}

function toHomeless(run: PlanRun, stream: number): { stream: number; reason: StepReason } {
  return { stream, reason: reasonOf(run, stream) };
}

function findAndTakeHome(
  run: PlanRun,
  homeless: { readonly stream: number; readonly reason: StepReason },
  failures: FailureMemo,
): void {
  const { stream, reason } = homeless;
  const instance = findHome(run, stream, failures);
  if (instance < 0) {
    run.homeless.push(homeless);
    return;
  }
  const owner = run.ownerOf(stream);
  if (owner >= 0) run.budget.take(owner, instance);
  run.setHome(stream, instance);
  run.decisions.note(stream, reason);
}

function listUnowned(run: PlanRun): Int32Array {
  const { streams } = run.columns;
  const unowned = new Int32Array(streams.count);
  let count = 0;
  for (let stream = 0; stream < streams.count; stream++) {
    if (indexAt(streams.ownerOf, stream) < 0 && run.isPlannable(stream)) unowned[count++] = stream;
  }
  return sortForPlacing(run.columns, unowned.subarray(0, count));
}

/** Instances where it failed are a last resort, before none at all. */
function findHome(run: PlanRun, stream: number, failures: FailureMemo): number {
  if (failures.isKnown(stream)) return -1;
  const policy = { mayHaveFailed: false, excluded: run.ownerOf(stream), keepsZones: false };
  const instance = run.search.find(stream, policy);
  if (instance >= 0) return instance;
  if (run.columns.streams.failedOn.has(stream)) {
    return run.search.find(stream, { ...policy, mayHaveFailed: true });
  }
  failures.note(stream);
  return -1;
}
