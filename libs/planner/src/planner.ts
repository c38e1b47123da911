import type { Plan, Scores, Step } from './boundary/plan.view';
import type { PlannerSettings } from './boundary/planner.settings';
import type { FleetSnapshot, StreamView } from './boundary/snapshot.view';
import { readColumns } from './columns/fleet.columns';
import { balance } from './phases/balance';
import { makeRoom } from './phases/make-room';
import { mend } from './phases/mend';
import { place, placeAgain } from './phases/place';
import { score } from './phases/score';
import { computeAccounts } from './state/accounts';
import { PlanRun } from './state/plan.run';
import { listUnplaced } from './unplaced.reasons';

/** What a plan depends on beside the snapshot. */
export interface PlanContext {
  /** Now, in ms on the clock of the snapshot's times. */
  readonly now: number;
  /** By it fall ties between instances that are equally good. */
  readonly seed: number;
}

/** The phases in their order; each file says why it is where it is. */
const PHASES: readonly ((run: PlanRun) => void)[] = [mend, place, makeRoom, balance, placeAgain];

/**
 * Decides who runs what: pure, and the same for the same arguments, in whatever order the snapshot
 * lists instances and streams. Steps may be carried out in any order and at the same time: no limit
 * or constraint that holds now is broken on the way.
 * @throws RangeError when two instances have the same serverId, or two streams the same streamId.
 */
export function plan(
  snapshot: FleetSnapshot,
  settings: PlannerSettings,
  context: PlanContext,
): Plan {
  const columns = readColumns(snapshot, context.seed);
  const run = new PlanRun(columns, settings, context.now);
  const before = scoreBefore(run);
  for (const phase of PHASES) phase(run);
  const steps = listSteps(run);
  return {
    ...steps,
    unplaced: listUnplaced(run),
    before,
    after: run.decisions.order.length === 0 ? before : scoreAfter(run),
    stats: { rounds: run.rounds, evaluated: run.search.evaluated, stoppedBy: stoppedBy(run) },
  };
}

/** Nothing is decided yet: the accounts are what was just counted. */
function scoreBefore({ columns, state }: PlanRun): Scores {
  const { homeOf, load, streamCount, unplacedBefore: unplaced } = state;
  return score(columns, homeOf, { load, streamCount, unplaced });
}

function scoreAfter({ columns, state }: PlanRun): Scores {
  return score(columns, state.homeOf, computeAccounts(columns, state.homeOf));
}

function stoppedBy(run: PlanRun): Plan['stats']['stoppedBy'] {
  if (!run.hasEffortLeft()) return 'effort';
  return run.budget.isShort ? 'budget' : 'settled';
}

/** What was decided and is not the same as before: balancing may have sent a stream back. */
function listSteps(run: PlanRun): { placements: Step[]; moves: Step[] } {
  const placements: Step[] = [];
  const moves: Step[] = [];
  const { order } = run.decisions;
  for (let at = 0; at < order.length; at++) {
    const stream = order[at] as number;
    const owner = run.ownerOf(stream);
    const home = run.homeOf(stream);
    if (home === owner) continue;
    (owner < 0 ? placements : moves).push(toStep(run, stream, { owner, home }));
  }
  return { placements, moves };
}

function toStep(
  run: PlanRun,
  stream: number,
  ends: { readonly owner: number; readonly home: number },
): Step {
  const { streamId, owner: from } = run.columns.streams.views[stream] as StreamView;
  const to = run.columns.instances.serverIds[ends.home] as string;
  const reason = run.decisions.reasonOf(stream);
  const gain = run.decisions.gainOf(stream);
  const cost = ends.owner < 0 ? 0 : run.moveCost(stream, ends.owner);
  return from === undefined
    ? { streamId, to, reason, gain, cost }
    : { streamId, from, to, reason, gain, cost };
}
