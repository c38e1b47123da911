import { defaultPlannerSettings, type PlannerSettings } from '@weir/planner';
import type { Series } from '../drawing/plot.view';
import type { FleetRun, FleetRunOptions } from '../simulation/drifting.fleet';
import { runDriftingFleet } from '../simulation/drifting.fleet';

/** A fleet and how its loads drift, but for the seed. */
export interface Workload extends Omit<FleetRunOptions, 'drift'> {
  readonly label: string;
  readonly drift: Omit<FleetRunOptions['drift'], 'seed'>;
}

export interface SettingRun extends FleetRun {
  /** Of the setting that is studied. */
  readonly value: number;
}

/** Means over as many different days: one day is too few to tell settings apart. */
const SEEDS = [1, 2, 3, 4];

/** Twenty instances, 60 % utilised, with loads that wander over hours and over the day. */
const day = {
  instances: 20,
  hours: 24,
  planEveryMinutes: 1,
  drift: { ratio: 5, wander: 0.3, memoryMinutes: 120, daily: 0.3, jitter: 0.03 },
} as const;

export const manyStreams: Workload = {
  ...day,
  label: '20 streams per instance',
  capacity: 100,
  drift: { ...day.drift, streams: 400 },
};

export const fewStreams: Workload = {
  ...day,
  label: '6 streams per instance',
  capacity: 30,
  drift: { ...day.drift, streams: 120 },
};

/** Runs the same days under each value of a setting; the others are as fleets start. */
export function runSettings(
  { drift, ...options }: Workload,
  values: readonly number[],
  toSettings: (value: number) => Partial<PlannerSettings>,
): SettingRun[] {
  return values.map((value) => {
    const settings = { ...defaultPlannerSettings, ...toSettings(value) };
    const runs = SEEDS.map((seed) =>
      runDriftingFleet({ ...options, drift: { ...drift, seed } }, settings),
    );
    const mean = (name: keyof FleetRun): number =>
      runs.reduce((sum, run) => sum + run[name], 0) / runs.length;
    return {
      value,
      meanImbalance: mean('meanImbalance'),
      worstImbalance: mean('worstImbalance'),
      movesPerHour: mean('movesPerHour'),
      mostMovedPerHour: mean('mostMovedPerHour'),
    };
  });
}

/** One figure of each run as a line. */
export function toSeries(label: string, runs: readonly SettingRun[], name: keyof FleetRun): Series {
  return { label, points: runs.map((run) => [run.value, run[name]]) };
}

/** @throws RangeError when that value was not run */
export function getRun(runs: readonly SettingRun[], value: number): SettingRun {
  const found = runs.find((run) => run.value === value);
  if (found === undefined) throw new RangeError(`${value} was not run`);
  return found;
}
