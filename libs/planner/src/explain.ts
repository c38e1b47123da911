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
import { listForbidding } from './placement.rules';
import { computeLargest, computeLevel } from './state/balance.level';
import { PlanRun } from './state/plan.run';

/**
 * Why a stream is where it is: for each instance what forbids it there, or what it would score, as
 * the snapshot stands, before anything is planned.
 * @throws RangeError when the snapshot has no such stream.
 */
export function explain(
  snapshot: FleetSnapshot,
  settings: PlannerSettings,
  streamId: string,
): Explanation {
  const columns = readColumns(snapshot, 0);
  const stream = columns.streams.views.findIndex((view) => view.streamId === streamId);
  if (stream < 0) throw new RangeError(`the snapshot has no stream ${streamId}`);
  const run = new PlanRun(columns, settings, 0);
  const bands = computeBands(run);
  const owner = columns.instances.serverIds[run.ownerOf(stream)];
  return {
    streamId,
    ...(owner === undefined ? {} : { owner }),
    instances: columns.instances.serverIds.map((serverId, instance) => {
      const band = bands.get(instance);
      const explained = explainInstance(run, stream, instance, serverId);
      return band === undefined ? explained : { ...explained, band };
    }),
  };
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

function explainInstance(
  run: PlanRun,
  stream: number,
  instance: number,
  serverId: string,
): InstanceExplanation {
  const forbiddenBy = listForbidding(run, stream, instance);
  const isOwner = run.ownerOf(stream) === instance;
  if (forbiddenBy.length > 0) return { serverId, isOwner, forbiddenBy };
  return { serverId, isOwner, forbiddenBy, score: computeTerms(run, stream, instance) };
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
