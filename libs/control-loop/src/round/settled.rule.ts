import type { FleetSettings } from '@weir/domain';

/**
 * Even when nothing changed a plan is made this often: cooldowns end and measured values drift
 * below their steps. In ms of the monotonic clock.
 */
const PLAN_AT_LEAST_EVERY_MS = 10_000;

/** What a plan was made from and how it ended. */
export interface LastPlan {
  readonly plannedAt: number;
  /** FleetCache.changes at that time. */
  readonly changes: number;
  readonly settings: FleetSettings;
  /** It asked for nothing, or all of it was done. */
  readonly isFinished: boolean;
  /** When a waiting stream may be placed, in ms of the database's clock. */
  readonly nextDueAtMs: number | undefined;
}

/** What there is to plan from now. */
export interface PlanInputs {
  readonly now: number;
  readonly changes: number;
  readonly settings: FleetSettings;
  readonly databaseNowMs: number;
}

/**
 * True when planning again would give nothing new, so that a round of a fleet at rest costs one
 * small read: the last plan was finished, no stream, instance, move, load or setting changed since
 * (beyond the steps of FleetCache and InstanceViews), no waiting stream is due, and the last plan
 * is not old.
 */
export function isSettled(last: LastPlan | undefined, inputs: PlanInputs): boolean {
  if (!last?.isFinished) return false;
  if (last.changes !== inputs.changes) return false;
  if (last.settings !== inputs.settings) return false;
  if (last.nextDueAtMs !== undefined && last.nextDueAtMs <= inputs.databaseNowMs) return false;
  return inputs.now - last.plannedAt < PLAN_AT_LEAST_EVERY_MS;
}
