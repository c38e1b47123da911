import type { FleetSettings } from '@weir/domain';

/** How large the whole is, and how it is set. */
export interface PlantOptions {
  readonly instances: number;
  /** Replicas of consistency-checker: 1 or 2. */
  readonly checkers: number;
  /** Never on two at once. */
  readonly exclusiveStreams: number;
  /** Continuity first: `exclusive: false`. */
  readonly sharedStreams: number;
  /** Exclusive, with `autonomyMs`. */
  readonly autonomousStreams: number;
  readonly autonomyMs: number;
  readonly leaseTtlMs: number;
  readonly maxStreamsPerInstance: number;
  /** Time between two effects of each stream, in ms. */
  readonly writeEveryMs: number;
  /** Over the defaults of a fleet. */
  readonly settings: Partial<FleetSettings>;
  /** Who gets a wall clock that can be stepped. */
  readonly fakeClockOf: readonly ('postgres' | 'instances')[];
  /** Ends the process of an instance whose event loop is blocked past its lease. */
  readonly killWhenBlocked: boolean;
  /** Instances that are broken on purpose, to see that the checks find it. */
  readonly isCanary: boolean;
}

/**
 * What comes back must get streams again soon, to be of use for the next fault; and instances die
 * here without a stream being to blame.
 */
export const READY_AGAIN: Partial<FleetSettings> = {
  moveCooldownMs: 0,
  failedRetryMs: 1_000,
  flapsMax: 1_000,
  isolatePercentMax: 0,
};

export const DEFAULT_PLANT: PlantOptions = {
  instances: 4,
  checkers: 1,
  exclusiveStreams: 40,
  sharedStreams: 8,
  autonomousStreams: 0,
  autonomyMs: 0,
  leaseTtlMs: 6_000,
  maxStreamsPerInstance: 60,
  writeEveryMs: 200,
  settings: READY_AGAIN,
  fakeClockOf: [],
  killWhenBlocked: true,
  isCanary: false,
};

export const API_NAMES = ['api-1', 'api-2'] as const;
export const BALANCER_NAMES = ['balancer-1', 'balancer-2'] as const;
export const CHECKER_NAME = 'checker';
export const SECOND_CHECKER_NAME = 'checker-2';
export const AGGREGATOR_NAME = 'aggregator';
export const SERVICE_NAMES = [
  ...API_NAMES,
  ...BALANCER_NAMES,
  CHECKER_NAME,
  SECOND_CHECKER_NAME,
  AGGREGATOR_NAME,
] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** The built application behind each service. */
export const APPLICATION_OF: Readonly<Record<ServiceName, string>> = {
  'api-1': 'orchestrator-api',
  'api-2': 'orchestrator-api',
  'balancer-1': 'balancer-worker',
  'balancer-2': 'balancer-worker',
  checker: 'consistency-checker',
  'checker-2': 'consistency-checker',
  aggregator: 'health-aggregator',
};
