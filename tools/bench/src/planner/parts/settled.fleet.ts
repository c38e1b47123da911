import { openLargeFleet } from '../fleet/large.fleet';
import type { LargeFleet } from '../fleet/large.fleet';
import type { FleetLedger } from '../fleet/fleet.ledger';
import { STARTED_AT_MS, unlimitedSettings } from '../fleet/planner.presets';
import { settle } from '../fleet/settle';
import type { Pace } from '../fleet/settle';

/** Longer than the cooldown, so that it hides nothing. In ms. */
const GAP_MS = 120_000;

/** A fleet that is not at rest after this many plans never is. */
const PLANS_MAX = 10;

/** An hour after the last plan, so that every stream has rested. In ms. */
const REST_MS = 3_600_000;

export interface SettledFleet {
  readonly ledger: FleetLedger;
  readonly isSettled: boolean;
  /** How to go on planning it. */
  readonly pace: Pace;
}

/** A large fleet that was planned until there was nothing left to do, and then left alone. */
export function openSettledFleet(fleet: LargeFleet): SettledFleet {
  const ledger = openLargeFleet(fleet);
  const pace: Pace = {
    settings: unlimitedSettings,
    nowMs: STARTED_AT_MS,
    gapMs: GAP_MS,
    plansMax: PLANS_MAX,
  };
  const { isSettled, nowMs } = settle(ledger, pace);
  return { ledger, isSettled, pace: { ...pace, nowMs: nowMs + REST_MS } };
}
