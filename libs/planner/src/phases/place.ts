import type { PlanRun } from '../state/plan.run';
import type { StepReason } from '../boundary/plan.view';
import { indexAt, valueAt } from '../columns/column.access';
import { sortForPlacing } from '../state/placing.order';

/**
 * Second: finds homes. Streams without an owner come before those that only have to leave theirs:
 * the ones are down, the others run. It comes before anything that makes the fleet better, so that
 * a new stream never waits for balancing.
 */
export function place(run: PlanRun): void {
  const failed = new Map<number, Float64Array>();
  const { views } = run.columns.streams;
  for (const stream of listUnowned(run)) {
    const reason: StepReason = views[stream]?.owner === undefined ? 'orphaned' : 'failover';
    findAndTakeHome(run, stream, reason, failed);
  }
  const reasons = new Map(run.displaced.map(({ stream, reason }) => [stream, reason]));
  for (const stream of sortForPlacing(run.columns, [...reasons.keys()])) {
    if (!run.budget.hasAny()) return;
    findAndTakeHome(run, stream, reasons.get(stream) ?? 'constraint', failed);
  }
}

/**
 * Fifth: balancing may have sent on a stream that was only being placed, which leaves room at once.
 * Whoever found none before is tried again.
 */
export function placeAgain(run: PlanRun): void {
  const failed = new Map<number, Float64Array>();
  for (const waiting of run.homeless.splice(0)) {
    if (run.ownerOf(waiting.stream) >= 0 && !run.budget.hasAny()) run.homeless.push(waiting);
    else findAndTakeHome(run, waiting.stream, waiting.reason, failed);
  }
}

function findAndTakeHome(
  run: PlanRun,
  stream: number,
  reason: StepReason,
  failed: Map<number, Float64Array>,
): void {
  const instance = findHome(run, stream, failed);
  if (instance < 0) {
    run.homeless.push({ stream, reason });
    return;
  }
  const owner = run.ownerOf(stream);
  if (owner >= 0) run.budget.take(owner, instance);
  run.setHome(stream, instance);
  run.decisions.note(stream, reason);
}

function listUnowned(run: PlanRun): number[] {
  const { streams } = run.columns;
  const unowned: number[] = [];
  for (let stream = 0; stream < streams.count; stream++) {
    if (indexAt(streams.ownerOf, stream) < 0 && run.isPlannable(stream)) unowned.push(stream);
  }
  return sortForPlacing(run.columns, unowned);
}

/** Instances where it failed are a last resort, before none at all. */
function findHome(run: PlanRun, stream: number, failed: Map<number, Float64Array>): number {
  if (isKnownToFail(run, stream, failed)) return -1;
  const policy = { mayHaveFailed: false, excluded: run.ownerOf(stream), keepsZones: false };
  const instance = run.search.find(stream, policy);
  if (instance >= 0) return instance;
  if (run.columns.streams.failedOn.has(stream)) {
    return run.search.find(stream, { ...policy, mayHaveFailed: true });
  }
  noteFailure(run, stream, failed);
  return -1;
}

/**
 * Room only shrinks while placing, so what has found none tells that nothing of its class that
 * wants as much of everything will: a full fleet is not searched anew for each of a hundred
 * thousand streams.
 */
function isKnownToFail(run: PlanRun, stream: number, failed: Map<number, Float64Array>): boolean {
  const wanted = failed.get(indexAt(run.columns.streams.classOf, stream));
  if (wanted === undefined) return false;
  const { dimensionCount, streams } = run.columns;
  for (let dimension = 1; dimension < dimensionCount; dimension++) {
    const demand = valueAt(streams.demand, stream * dimensionCount + dimension);
    if (demand < valueAt(wanted, dimension)) return false;
  }
  return true;
}

function noteFailure(run: PlanRun, stream: number, failed: Map<number, Float64Array>): void {
  const { dimensionCount, streams } = run.columns;
  // Its group or its owner may be what it failed for, which says nothing of others.
  if (indexAt(streams.groupOf, stream) >= 0 || run.ownerOf(stream) >= 0) return;
  const at = stream * dimensionCount;
  failed.set(indexAt(streams.classOf, stream), streams.demand.slice(at, at + dimensionCount));
}
