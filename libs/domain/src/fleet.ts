import { computeHeartbeatIntervalMs } from './lease';

/** What can be set per fleet. Durations in ms, bands as ratios. */
export interface FleetSettings {
  /** How long an instance may rely on one heartbeat. */
  readonly leaseTtlMs: number;
  /** Time between heartbeats; null: a third of the lease. */
  readonly heartbeatIntervalMs: number | null;
  /** Longest time between two rounds of the control loop. */
  readonly reconcileIntervalMs: number;
  /** Brake: more than this share of the fleet lost at once holds failover back. In percent. */
  readonly massLossPercent: number;
  /** The brake needs at least this many lost instances. */
  readonly massLossMin: number;
  /** How long the brake holds. */
  readonly massLossHoldMs: number;
  /** An operator's brake: nothing is placed, moved or taken over. */
  readonly frozen: boolean;
  /** False: load is never evened out by itself; failover, drain and placing go on. */
  readonly balanceEnabled: boolean;
  /** No balancing while the hottest instance is within this share of the mean. */
  readonly balanceRelativeBand: number;
  /** No balancing while the hottest instance is within this share of its capacity of the mean. */
  readonly balanceAbsoluteBand: number;
  /** A balancing move must gain more than this share of what its stream weighs. */
  readonly balanceMoveCostShare: number;
  /** A stream that moved rests this long. */
  readonly moveCooldownMs: number;
  /** Moves that one plan may begin, for whatever reason. */
  readonly movesPerPlanMax: number;
  /** Moves under way at once in the fleet. */
  readonly movesInFlightMax: number;
  /** Moves under way at once from or to one instance. */
  readonly movesInFlightPerInstanceMax: number;
  /** How long a source may take to stop before its move is aborted. */
  readonly moveStepTimeoutMs: number;
  /** First wait before a stream that an instance reported as failed is tried again; doubles. */
  readonly failedRetryMs: number;
}

export const DEFAULT_FLEET_SETTINGS: FleetSettings = {
  leaseTtlMs: 15_000,
  heartbeatIntervalMs: null,
  reconcileIntervalMs: 1_000,
  massLossPercent: 40,
  massLossMin: 3,
  massLossHoldMs: 30_000,
  frozen: false,
  balanceEnabled: true,
  balanceRelativeBand: 0.1,
  balanceAbsoluteBand: 0.02,
  balanceMoveCostShare: 0.1,
  moveCooldownMs: 60_000,
  movesPerPlanMax: 500,
  movesInFlightMax: 200,
  movesInFlightPerInstanceMax: 20,
  moveStepTimeoutMs: 30_000,
  failedRetryMs: 5_000,
};

/** Smallest and largest value of each numeric setting. */
export const FLEET_SETTING_BOUNDS = {
  leaseTtlMs: [3_000, 600_000],
  heartbeatIntervalMs: [250, 300_000],
  reconcileIntervalMs: [100, 60_000],
  massLossPercent: [1, 100],
  massLossMin: [1, 100_000],
  massLossHoldMs: [0, 3_600_000],
  balanceRelativeBand: [0, 10],
  balanceAbsoluteBand: [0, 1],
  balanceMoveCostShare: [0, 10],
  moveCooldownMs: [0, 86_400_000],
  movesPerPlanMax: [1, 100_000],
  movesInFlightMax: [1, 100_000],
  movesInFlightPerInstanceMax: [1, 10_000],
  moveStepTimeoutMs: [1_000, 3_600_000],
  failedRetryMs: [100, 3_600_000],
} as const satisfies Record<string, readonly [number, number]>;

export interface FleetView {
  readonly fleet: string;
  readonly settings: FleetSettings;
  readonly revision: number;
  readonly instances: number;
  readonly streams: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The heartbeat interval that holds for the fleet, in ms. */
export function effectiveHeartbeatIntervalMs(settings: FleetSettings): number {
  return settings.heartbeatIntervalMs ?? computeHeartbeatIntervalMs(settings.leaseTtlMs);
}

/** Problems that hold between settings; empty when they fit together. */
export function checkFleetSettings(settings: FleetSettings): { path: string; message: string }[] {
  const interval = effectiveHeartbeatIntervalMs(settings);
  if (interval * 2 <= settings.leaseTtlMs) return [];
  return [
    {
      path: 'heartbeatIntervalMs',
      message: `must be at most half of leaseTtlMs (${settings.leaseTtlMs / 2}), so that one heartbeat may be lost`,
    },
  ];
}
