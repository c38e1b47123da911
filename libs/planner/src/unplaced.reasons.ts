import type { UnplacedStream } from './boundary/plan.view';
import type { PlanRun } from './state/plan.run';
import { indexAt } from './columns/column.access';
import { findForbidding } from './placement.rules';

type Reasons = Readonly<Record<string, number>>;

/** Every stream that runs nowhere and found no home, with what ruled out how many instances. */
export function listUnplaced(run: PlanRun): UnplacedStream[] {
  const known = new Map<string, Reasons>();
  return run.homeless
    .filter(({ stream }) => run.ownerOf(stream) < 0)
    .map(({ stream }) => ({
      streamId: run.columns.streams.views[stream]?.streamId ?? '',
      reasons: explainOnce(run, stream, known),
    }));
}

/** Different demands that are looked at instance by instance in one plan. */
const EXACT_MAX = 256;

/** Streams that ask for the same have the same reasons: counted once, however many there are. */
function explainOnce(run: PlanRun, stream: number, known: Map<string, Reasons>): Reasons {
  if (run.roomMadeFor.has(stream)) return countReasons(run, stream);
  const { streams, dimensionCount } = run.columns;
  const at = stream * dimensionCount;
  const asked = streams.demand.subarray(at + 1, at + dimensionCount).join('/');
  const classId = indexAt(streams.classOf, stream);
  // Looking at every instance for each of a hundred thousand different demands would take minutes:
  // from some number on, a stream is told what holds for another of its class.
  const isOften = known.size >= EXACT_MAX;
  const key = `${classId}|${indexAt(streams.groupOf, stream)}|${isOften ? '' : asked}`;
  const found = known.get(key) ?? countReasons(run, stream);
  known.set(key, found);
  return found;
}

function countReasons(run: PlanRun, stream: number): Reasons {
  const { count } = run.columns.instances;
  if (count === 0) return { 'no instance': 0 };
  const counts = new Map<string, number>();
  for (let instance = 0; instance < count; instance++) {
    const isMade = run.roomMadeFor.get(stream) === instance;
    const forbidding = isMade ? undefined : findForbidding(run, stream, instance);
    const reason = forbidding ?? 'room is being made';
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
