import type { BandTerms, Obstacle, ScoreTerms } from './boundary/explanation.view';
import { flagAt, indexAt, valueAt } from './columns/column.access';
import type { PlanRun } from './state/plan.run';

/** The stream, the instance in question, and where a stream that needs a home would be put. */
interface Ends {
  readonly stream: number;
  readonly instance: number;
  /** It runs nowhere, or has to leave where it is. */
  readonly isSought: boolean;
  readonly best: number;
}

/** What is known of the pair already. */
interface Findings {
  readonly forbiddenBy: readonly string[];
  /** Absent when forbidden. */
  readonly score: ScoreTerms | undefined;
  /** Absent unless both ends are balanced. */
  readonly band: BandTerms | undefined;
}

/**
 * What would have to change for the stream to go to the instance; what keeps all of it from moving
 * comes first. Empty where it is at home.
 */
export function listObstacles(run: PlanRun, ends: Ends, findings: Findings): Obstacle[] {
  const { stream, instance } = ends;
  if (run.homeOf(stream) === instance) return [];
  const general = listGeneral(run, stream);
  if (findings.score === undefined) {
    const forbidden = findings.forbiddenBy.map((reason) => toForbidden(run, ends, reason));
    return [...general, ...forbidden];
  }
  const failed: Obstacle[] = findings.score.hasFailedThere
    ? [{ rule: 'failed', change: 'it failed there: everything else that fits comes first' }]
    : [];
  const specific = ends.isSought
    ? listForPlacing(run, ends, findings.score)
    : listForMoving(run, ends, { ...findings, score: findings.score });
  return [...general, ...failed, ...specific];
}

function listGeneral(run: PlanRun, stream: number): Obstacle[] {
  const { streams } = run.columns;
  const obstacles: Obstacle[] = [];
  if (flagAt(streams.isEnabled, stream) === 0) {
    obstacles.push({ rule: 'disabled', change: 'it would have to be enabled, or to have stopped' });
  }
  if (streams.moves.has(stream)) {
    obstacles.push({ rule: 'moving', change: 'its move under way would have to end first' });
  }
  return obstacles;
}

const CHANGES: readonly (readonly [prefix: string, change: (rest: string) => string])[] = [
  ['label ', (rest) => `the instance would need the label ${rest}`],
  ['avoids ', (rest) => `the instance must not have the label ${rest}`],
  ['spread group ', (rest) => `another of the group ${rest} would have to leave it`],
];

/** @param reason in the words of `forbiddenBy`. */
function toForbidden(run: PlanRun, ends: Ends, reason: string): Obstacle {
  const rule = 'forbidden';
  if (reason.startsWith('capacity ')) return toShortage(run, ends, reason.slice(9));
  for (const [prefix, change] of CHANGES) {
    if (reason.startsWith(prefix)) return { rule, change: change(reason.slice(prefix.length)) };
  }
  return { rule, change: `the instance is ${reason}; it would have to be ready` };
}

function toShortage(run: PlanRun, { stream, instance }: Ends, resource: string): Obstacle {
  const { instances, streams, resources, dimensionCount, unitsPerOne } = run.columns;
  if (resource === 'streams') {
    const free = (instances.slots[instance] ?? 0) - (run.state.heldCount[instance] ?? 0);
    const missing = 1 - free;
    return {
      rule: 'forbidden',
      change: `${missing} more of its ${instances.slots[instance]} streams would have to be free`,
      missing,
    };
  }
  const dimension = resources.indexOf(resource) + 1;
  const at = instance * dimensionCount + dimension;
  const free = valueAt(instances.limit, at) - valueAt(run.state.held, at);
  const wanted = valueAt(streams.demand, stream * dimensionCount + dimension);
  const missing = (wanted - free) / valueAt(unitsPerOne, dimension);
  return {
    rule: 'forbidden',
    change: `${format(missing)} more ${resource} would have to be free there`,
    missing,
  };
}

function listForPlacing(run: PlanRun, ends: Ends, score: ScoreTerms): Obstacle[] {
  const { stream, instance, best } = ends;
  if (instance === best || best < 0) return [];
  const name = run.columns.instances.serverIds[best] ?? '';
  const bestWith = run.state.utilisationWith(stream, best, 1);
  const missing = Math.max(0, score.utilisationWith - bestWith);
  const first = findPrecedence(run, ends);
  if (first !== undefined) return [{ rule: 'notBest', change: `${name} comes first: ${first}` }];
  const change =
    missing > 0
      ? `it would have to be ${percent(missing)} cooler: ${name} would be at ${percent(bestWith)}`
      : `${name} comes first: both are alike, and the seed decides`;
  return [{ rule: 'notBest', change, missing }];
}

/** What goes before utilisation. */
function findPrecedence(run: PlanRun, { stream, instance, best }: Ends): string | undefined {
  const { streams, instances } = run.columns;
  const failedOn = streams.failedOn.get(stream);
  if (failedOn?.has(instance) && !failedOn.has(best)) return 'the stream has not failed there';
  if (indexAt(streams.groupOf, stream) < 0) return undefined;
  const here = run.search.membersBeside(stream, indexAt(instances.zoneOf, instance));
  const there = run.search.membersBeside(stream, indexAt(instances.zoneOf, best));
  return there < here ? 'fewer of its spread group are in that zone' : undefined;
}

function listForMoving(
  run: PlanRun,
  ends: Ends,
  { score, band }: Findings & { readonly score: ScoreTerms },
): Obstacle[] {
  const obstacles: Obstacle[] = [];
  if (!run.settings.balanceEnabled) {
    obstacles.push({ rule: 'balanceOff', change: 'balancing would have to be switched on' });
  }
  const restsMs = restOf(run, ends.stream);
  if (restsMs > 0) {
    const change = `it moved a moment ago and rests for ${Math.ceil(restsMs / 1000)} s more`;
    obstacles.push({ rule: 'cooldown', change, missing: restsMs });
  }
  const inBand = band && findBandObstacle(run, ends, band);
  if (inBand) obstacles.push(inBand);
  if (score.gain <= score.cost) obstacles.push(toGainObstacle(score));
  return obstacles;
}

function restOf({ columns, settings, now }: PlanRun, stream: number): number {
  const movedAt = columns.streams.views[stream]?.lastMovedAt;
  return movedAt === undefined ? 0 : Math.max(0, movedAt + settings.cooldownMs - now);
}

function findBandObstacle(
  run: PlanRun,
  { stream, instance }: Ends,
  band: BandTerms,
): Obstacle | undefined {
  const owner = run.utilisation(run.homeOf(stream));
  const target = run.utilisation(instance);
  if (owner > band.hotAbove || target < band.coldBelow) return undefined;
  if (run.wasEmpty[instance] === 1 && band.mean > 0) return undefined;
  return {
    rule: 'band',
    change:
      `its owner, at ${percent(owner)}, would have to exceed ${percent(band.hotAbove)}, ` +
      `or this instance, at ${percent(target)}, to fall below ${percent(band.coldBelow)}`,
    missing: Math.min(band.hotAbove - owner, target - band.coldBelow),
  };
}

function toGainObstacle({ gain, cost }: ScoreTerms): Obstacle {
  return {
    rule: 'gain',
    change:
      gain <= 0
        ? `alone it would only make this the hotter one of the two, by ${percent(-gain)} of its capacity`
        : `it would gain ${percent(gain)} and cost ${percent(cost)}`,
    missing: cost - gain,
  };
}

/** Amounts for people: four figures are more than they can act on. */
function format(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Utilisation for people. */
function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
