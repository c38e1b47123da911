import { plan } from '@weir/planner';
import { openLargeFleet } from '../fleet/large.fleet';
import type { LargeFleet } from '../fleet/large.fleet';
import { PLAN_SEED, STARTED_AT_MS, unlimitedSettings } from '../fleet/planner.presets';
import { measureGrowthMb } from '../measure/memory.growth';

export interface MemoryFigures {
  /** In MB (10^6 bytes). */
  readonly growthMb: number;
}

/**
 * The first plan of a process that planned nothing before: later ones find memory that the first
 * one left behind, and seem to need less.
 */
export function measureMemory(order: LargeFleet): MemoryFigures {
  const snapshot = openLargeFleet(order).snapshot();
  const growthMb = measureGrowthMb(() => {
    plan(snapshot, unlimitedSettings, { now: STARTED_AT_MS, seed: PLAN_SEED });
  });
  return { growthMb };
}
