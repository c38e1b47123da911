import type { PlanRun } from './state/plan.run';
import { indexAt } from './columns/column.access';

/**
 * Why a stream may not be on an instance, in words; undefined: this rule has nothing against it.
 */
type PlacementRule = (run: PlanRun, stream: number, instance: number) => string | undefined;

/**
 * What forbids a stream on an instance, in the order in which it is told: what the stream cannot
 * change first (the instance's status), what may change by itself (room) last. The search obeys the
 * same rules in a faster form; a property test holds the two together.
 */
const RULES: readonly PlacementRule[] = [
  (run, _stream, instance) => {
    const status = run.columns.instances.statuses[instance];
    return status === 'ready' ? undefined : status;
  },
  (run, stream, instance) =>
    run.columns.labels.findForbidding(
      indexAt(run.columns.streams.classOf, stream),
      indexAt(run.columns.labels.kindOf, instance),
    ),
  (run, stream, instance) => {
    const group = indexAt(run.columns.streams.groupOf, stream);
    if (group < 0) return undefined;
    const isThere = countsThere(run, stream, instance) ? 1 : 0;
    return run.state.groups.countOn(group, instance) > isThere
      ? `spread group ${run.columns.streams.views[stream]?.spreadGroup}`
      : undefined;
  },
  (run, stream, instance) => {
    if (countsThere(run, stream, instance)) return undefined;
    const dimension = run.state.findFullDimension(stream, instance);
    if (dimension < 0) return undefined;
    return `capacity ${dimension === 0 ? 'streams' : run.columns.resources[dimension - 1]}`;
  },
];

/** True when the stream itself is part of what the instance is counted to hold. */
function countsThere(run: PlanRun, stream: number, instance: number): boolean {
  return run.ownerOf(stream) === instance || run.homeOf(stream) === instance;
}

/** The first rule that forbids it; undefined if the stream may be there. */
export function findForbidding(run: PlanRun, stream: number, instance: number): string | undefined {
  for (const rule of RULES) {
    const reason = rule(run, stream, instance);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Every rule that forbids it. */
export function listForbidding(run: PlanRun, stream: number, instance: number): string[] {
  return RULES.map((rule) => rule(run, stream, instance)).filter((reason) => reason !== undefined);
}
