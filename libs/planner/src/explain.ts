import type {
  BandTerms,
  Explanation,
  InstanceExplanation,
  ScoreTerms,
} from './boundary/explanation.view';
import type { PlannerSettings } from './boundary/planner.settings';
import type { FleetSnapshot } from './boundary/snapshot.view';
import { readColumns } from './columns/fleet.columns';
import { indexAt } from './columns/column.access';
import { listExchangeGroups } from './columns/exchange.groups';
import { mend } from './phases/mend';
import { listObstacles } from './explain.obstacles';
import { listForbidding } from './placement.rules';
import { computeLargest, computeLevel } from './state/balance.level';
import { PlanRun } from './state/plan.run';

/** What an explanation depends on beside the snapshot. */
export interface ExplainContext {
  /** In ms on the clock of the snapshot's times; without it, every cooldown counts as over. */
  readonly now?: number;
  /** The seed of the plan that is explained; 0 without it. */
  readonly seed?: number;
}

/**
 * Why a stream is where it is: for each instance what forbids it there, or what it would score term
 * by term, and what would have to change for it to go there. As the snapshot stands, before
 * anything is planned.
 * @throws RangeError when the snapshot has no such stream, or an id twice.
 */
export function explain(
  snapshot: FleetSnapshot,
  settings: PlannerSettings,
  streamId: string,
  context: ExplainContext = {},
): Explanation {
  const { now = Number.POSITIVE_INFINITY, seed = 0 } = context;
  const columns = readColumns(snapshot, seed);
  const stream = columns.streams.views.findIndex((view) => view.streamId === streamId);
  if (stream < 0) throw new RangeError(`the snapshot has no stream ${streamId}`);
  const run = new PlanRun(columns, settings, now);
  mend(run);
  const owner = columns.instances.serverIds[run.ownerOf(stream)];
  const displaced = run.displaced.find((one) => one.stream === stream);
  return {
    streamId,
    ...(owner === undefined ? {} : { owner }),
    ...(displaced && { mustLeave: displaced.reason }),
    instances: explainInstances(run, stream, displaced !== undefined),
  };
}

function explainInstances(run: PlanRun, stream: number, mustLeave: boolean): InstanceExplanation[] {
  const bands = computeBands(run);
  const isSought = mustLeave || run.homeOf(stream) < 0;
  const best = isSought ? findBest(run, stream) : -1;
  return run.columns.instances.serverIds.map((serverId, instance) => {
    const forbiddenBy = listForbidding(run, stream, instance);
    const band = bands.get(instance);
    const score = forbiddenBy.length > 0 ? undefined : computeTerms(run, stream, instance);
    const ends = { stream, instance, isSought, best };
    return {
      serverId,
      isOwner: run.ownerOf(stream) === instance,
      forbiddenBy,
      obstacles: listObstacles(run, ends, { forbiddenBy, score, band: bandOf(run, ends, bands) }),
      ...(score && { score }),
      ...(band && { band }),
    };
  });
}

/** Where placing would put a stream that needs a home; -1 if nowhere. */
function findBest(run: PlanRun, stream: number): number {
  const policy = { mayHaveFailed: false, excluded: run.ownerOf(stream), keepsZones: false };
  const best = run.search.find(stream, policy);
  return best >= 0 ? best : run.search.find(stream, { ...policy, mayHaveFailed: true });
}

function computeBands(run: PlanRun): Map<number, BandTerms> {
  const bands = new Map<number, BandTerms>();
  const { columns, settings, state } = run;
  const largest = computeLargest(columns, state.homeOf);
  const input = { columns, settings, load: state.load };
  for (const group of listExchangeGroups(columns)) {
    const { members, ...band } = computeLevel(input, group, largest);
    for (const instance of members) bands.set(instance, band);
  }
  return bands;
}

/** The band that a move is judged by: that of the instances which both ends belong to. */
function bandOf(
  run: PlanRun,
  { stream, instance }: { readonly stream: number; readonly instance: number },
  bands: ReadonlyMap<number, BandTerms>,
): BandTerms | undefined {
  return bands.has(run.homeOf(stream)) ? bands.get(instance) : undefined;
}

function computeTerms(run: PlanRun, stream: number, instance: number): ScoreTerms {
  const { instances, streams } = run.columns;
  const isHome = run.homeOf(stream) === instance;
  const without = run.state.utilisationWith(stream, instance, -1);
  const utilisationWith = run.state.utilisationWith(stream, instance, 1);
  const hasGroup = indexAt(streams.groupOf, stream) >= 0;
  const zone = indexAt(instances.zoneOf, instance);
  return {
    utilisationWithout: isHome ? without : run.utilisation(instance),
    utilisationWith: isHome ? run.utilisation(instance) : utilisationWith,
    groupInZone: hasGroup ? run.search.membersBeside(stream, zone) : 0,
    hasFailedThere: streams.failedOn.get(stream)?.has(instance) ?? false,
    gain: isHome ? 0 : computeGain(run, stream, utilisationWith),
    cost: run.homeOf(stream) < 0 ? 0 : run.moveCost(stream, run.homeOf(stream)),
  };
}

/**
 * By how much the hotter of the two ends would cool; below 0 when the target would be the hotter.
 */
function computeGain(run: PlanRun, stream: number, warmed: number): number {
  const home = run.homeOf(stream);
  if (home < 0) return 0;
  const cooled = run.state.utilisationWith(stream, home, -1);
  return run.utilisation(home) - Math.max(cooled, warmed);
}
