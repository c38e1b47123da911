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
  /** How long a target may take to prepare a stream before its move is aborted. */
  readonly movePrepareTimeoutMs: number;
  /** How long a source may take to stop, and a target to start, before the move is aborted. */
  readonly moveStepTimeoutMs: number;
  /** First wait before a stream that an instance reported as failed is tried again; doubles. */
  readonly failedRetryMs: number;
  /** Longest such wait while the stream is not parked; less than the first one: that one. */
  readonly failedRetryMaxMs: number;
  /** A stream that failed this often in a row is parked. */
  readonly parkAfterFailures: number;
  /** First wait before a parked stream is tried again; grows. 0: only an operator does that. */
  readonly parkRetryMs: number;
  /** A stream that ran this long has proven that it can: its failures are forgotten. */
  readonly provenAfterMs: number;
  /** An instance that was granted a stream and does not run it after this long has failed. */
  readonly startTimeoutMs: number;
  /** A stream is isolated when this many of its instances died soon after they got it. */
  readonly isolateAfterLosses: number;
  /** Losses count together within this time. */
  readonly isolateWindowMs: number;
  /** An instance died soon after it got a stream when it lived no longer than this. */
  readonly isolateRecentMs: number;
  /** Most of the fleet's streams that are isolated at once; 0: none ever is. In percent. */
  readonly isolatePercentMax: number;
  /** An instance that came back this often without having left gets nothing new for a while. */
  readonly flapsMax: number;
  /** Flaps count together within this time. */
  readonly flapWindowMs: number;
  /** An instance that is lost, or left, this long ago is forgotten. */
  readonly retireAfterMs: number;
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
  movePrepareTimeoutMs: 10_000,
  moveStepTimeoutMs: 30_000,
  failedRetryMs: 5_000,
  failedRetryMaxMs: 60_000,
  parkAfterFailures: 5,
  parkRetryMs: 60_000,
  provenAfterMs: 60_000,
  startTimeoutMs: 60_000,
  isolateAfterLosses: 3,
  isolateWindowMs: 600_000,
  isolateRecentMs: 120_000,
  isolatePercentMax: 20,
  flapsMax: 3,
  flapWindowMs: 600_000,
  retireAfterMs: 86_400_000,
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
  movePrepareTimeoutMs: [1_000, 3_600_000],
  moveStepTimeoutMs: [1_000, 3_600_000],
  failedRetryMs: [100, 3_600_000],
  failedRetryMaxMs: [100, 86_400_000],
  parkAfterFailures: [1, 1_000],
  parkRetryMs: [0, 86_400_000],
  provenAfterMs: [0, 86_400_000],
  startTimeoutMs: [1_000, 86_400_000],
  isolateAfterLosses: [2, 100],
  isolateWindowMs: [10_000, 86_400_000],
  isolateRecentMs: [1_000, 3_600_000],
  isolatePercentMax: [0, 50],
  flapsMax: [2, 1_000],
  flapWindowMs: [10_000, 86_400_000],
  retireAfterMs: [60_000, 31_536_000_000],
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
  return SETTING_CHECKS.flatMap(({ isKept, path, explain }) =>
    isKept(settings) ? [] : [{ path, message: explain(settings) }],
  );
}

interface SettingCheck {
  readonly path: keyof FleetSettings;
  readonly isKept: (settings: FleetSettings) => boolean;
  readonly explain: (settings: FleetSettings) => string;
}

const SETTING_CHECKS: readonly SettingCheck[] = [
  {
    path: 'heartbeatIntervalMs',
    isKept: (settings) => effectiveHeartbeatIntervalMs(settings) * 2 <= settings.leaseTtlMs,
    explain: ({ leaseTtlMs }) =>
      `must be at most half of leaseTtlMs (${leaseTtlMs / 2}), so that one heartbeat may be lost`,
  },
  {
    path: 'isolateRecentMs',
    isKept: ({ isolateRecentMs, isolateWindowMs }) => isolateRecentMs <= isolateWindowMs,
    explain: ({ isolateWindowMs }) => `must be at most isolateWindowMs (${isolateWindowMs})`,
  },
];
