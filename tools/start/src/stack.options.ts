import type { RedisKind } from '@weir/embedded';

/** What is started, and where. */
export interface StackOptions {
  /** Folder of the checkout, in which the built programs lie. */
  readonly root: string;
  /** WEIR_HOME. */
  readonly home: string;
  /** WEIR_PORT. */
  readonly basePort: number;
  readonly workers: number;
  /** How many balancer-workers run side by side. */
  readonly balancers: number;
  /** Playlist, NDJSON or CSV to import instead of the sample. */
  readonly streamsFile: string | undefined;
  /** Streams of the sample; 0 for none. */
  readonly sampleStreams: number;
  readonly isFresh: boolean;
  /** False gives up surviving a crash of the machine for speed: for tests. */
  readonly isDurable: boolean;
  readonly redisKind: RedisKind | undefined;
  readonly leaseTtlMs: number;
  readonly maxStreamsPerWorker: number;
  /** Services of the control plane to start; the others are left out. For benchmarks. */
  readonly services: readonly ServiceName[];
}

export const SERVICE_NAMES = [
  'orchestrator-api',
  'balancer-worker',
  'consistency-checker',
  'health-aggregator',
] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** The fleet that `npm start` runs. */
export const DEFAULT_FLEET = 'default';
/** Short, so that a killed worker's streams are seen elsewhere within seconds. In ms. */
export const DEMO_LEASE_TTL_MS = 6_000;

export const DEFAULT_STACK_OPTIONS = {
  basePort: 7_070,
  workers: 3,
  balancers: 1,
  streamsFile: undefined,
  sampleStreams: 24,
  isFresh: false,
  isDurable: true,
  redisKind: undefined,
  leaseTtlMs: DEMO_LEASE_TTL_MS,
  maxStreamsPerWorker: 200,
  services: SERVICE_NAMES,
} as const satisfies Omit<StackOptions, 'root' | 'home'>;
