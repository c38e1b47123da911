import type { FleetSnapshot, PlannerSettings, StreamView } from '@weir/planner';
import { plan } from '@weir/planner';
import type { DriftOptions } from './drifting.loads';
import { DriftingLoads } from './drifting.loads';

export interface FleetRunOptions {
  readonly drift: DriftOptions;
  readonly instances: number;
  /** Capacity of each instance, in the unit of the weights. */
  readonly capacity: number;
  readonly hours: number;
  /** Time from one plan to the next, in minutes. */
  readonly planEveryMinutes: number;
}

/** What a fleet was like while its loads drifted. */
export interface FleetRun {
  /** Peak / mean as measured before each plan, averaged over time; 1 is even. */
  readonly meanImbalance: number;
  /** The peak / mean that was exceeded during 1 % of the time. */
  readonly worstImbalance: number;
  readonly movesPerHour: number;
  /** Of the stream that moved most often. */
  readonly mostMovedPerHour: number;
}

const MINUTE_MS = 60_000;

/**
 * Places the streams once, then measures and plans again and again; each plan is carried out before
 * the next one.
 */
export function runDriftingFleet(options: FleetRunOptions, settings: PlannerSettings): FleetRun {
  const loads = new DriftingLoads(options.drift);
  let fleet = placeAll(options, loads.advance(options.planEveryMinutes), settings);
  const imbalances: number[] = [];
  const movesOf = new Map<string, number>();
  const rounds = Math.round((options.hours * 60) / options.planEveryMinutes);
  for (let round = 1; round <= rounds; round++) {
    const now = Math.round(round * options.planEveryMinutes * MINUTE_MS);
    fleet = measure(fleet, loads.advance(options.planEveryMinutes));
    const planned = plan(fleet, settings, { now, seed: options.drift.seed });
    imbalances.push(1 / planned.before.balance);
    const targets = new Map(planned.moves.map((step) => [step.streamId, step.to]));
    for (const id of targets.keys()) movesOf.set(id, (movesOf.get(id) ?? 0) + 1);
    fleet = move(fleet, targets, now);
  }
  const counts = [...movesOf.values()];
  return {
    ...describe(imbalances),
    movesPerHour: counts.reduce((sum, count) => sum + count, 0) / options.hours,
    mostMovedPerHour: Math.max(0, ...counts) / options.hours,
  };
}

function describe(
  imbalances: readonly number[],
): Pick<FleetRun, 'meanImbalance' | 'worstImbalance'> {
  const sorted = [...imbalances].sort((a, b) => a - b);
  return {
    meanImbalance: sorted.reduce((sum, one) => sum + one, 0) / sorted.length,
    worstImbalance: sorted[Math.ceil(0.99 * sorted.length) - 1] ?? 1,
  };
}

function placeAll(
  options: FleetRunOptions,
  weights: readonly number[],
  settings: PlannerSettings,
): FleetSnapshot {
  const instances = Array.from({ length: options.instances }, (_, at) => ({
    serverId: `i${at}`,
    status: 'ready' as const,
    capacity: { streams: options.capacity },
  }));
  const streams = weights.map((weight, at): StreamView => ({
    streamId: `s${at}`,
    load: { weight },
  }));
  const { placements } = plan({ instances, streams }, settings, { now: 0, seed: 1 });
  const owners = new Map(placements.map((step) => [step.streamId, step.to]));
  return move({ instances, streams }, owners, undefined);
}

function measure(fleet: FleetSnapshot, weights: readonly number[]): FleetSnapshot {
  const streams = fleet.streams.map((view, at) => ({
    ...view,
    load: { weight: weights[at] ?? 0 },
  }));
  return { ...fleet, streams };
}

/** `now` undefined: they are placed, which starts no cooldown. */
function move(
  fleet: FleetSnapshot,
  targets: ReadonlyMap<string, string>,
  now: number | undefined,
): FleetSnapshot {
  const streams = fleet.streams.map((view) => {
    const owner = targets.get(view.streamId);
    if (owner === undefined) return view;
    return now === undefined ? { ...view, owner } : { ...view, owner, lastMovedAt: now };
  });
  return { ...fleet, streams };
}
