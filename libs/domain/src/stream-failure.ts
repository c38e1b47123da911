import type { FleetSettings } from './fleet';

/**
 * failed: its owner said so. start-timeout: it was granted and its owner never said that it runs.
 */
export type FailureCause = 'failed' | 'start-timeout';

/** One time that an instance could not run a stream. */
export interface StreamFailure {
  readonly serverId: string;
  readonly incarnation: number;
  readonly cause: FailureCause;
  /** What its owner said of it, cut to FAILURE_ERROR_LENGTH. */
  readonly error: string;
  /** In ms since 1970, by the database's clock. */
  readonly atMs: number;
}

/**
 * parked: it failed too often and is tried again rarely. isolated: instances that held it kept
 * dying. probation: was isolated and is tried again, to see whether its instance lives.
 */
export type HoldKind = 'parked' | 'isolated' | 'probation';

/** How a stream fared before a failure. */
export interface FailureState {
  /** Failures in a row: none of its starts since held on for `provenAfterMs`. */
  readonly failures: number;
  /** On which instances, oldest first. */
  readonly failedOn: readonly string[];
  /** The latest of them, oldest first. */
  readonly log: readonly StreamFailure[];
  readonly heldBack: HoldKind | null;
  /** How often it was parked in a row. */
  readonly parkings: number;
  /** How long it ran before it failed, in ms; null: its owner never said that it runs. */
  readonly ranForMs: number | null;
}

/** What becomes of a stream that failed. */
export interface FailureOutcome {
  readonly failures: number;
  readonly failedOn: readonly string[];
  readonly log: readonly StreamFailure[];
  readonly heldBack: 'parked' | null;
  readonly parkings: number;
  /** How long nobody is to try it again, in ms; null: until an operator says so. */
  readonly restMs: number | null;
}

export type FailureSettings = Pick<
  FleetSettings,
  'failedRetryMs' | 'failedRetryMaxMs' | 'parkAfterFailures' | 'parkRetryMs' | 'provenAfterMs'
>;

/** How many of the last failures of a stream, and of the instances that failed, are remembered. */
export const FAILURES_KEPT = 16;
/** An error of a failure is kept up to this many characters. */
export const FAILURE_ERROR_LENGTH = 512;
/** A parked stream is tried again after 1, 5, 25, then every 30 minutes by default. */
const PARK_RETRY_GROWTH = 5;
const PARK_RETRY_MAX_MS = 1_800_000;
/** Waits are up to this share shorter, so that streams that failed together return one by one. */
const JITTER_SHARE = 0.2;

const NEW_STATE = { failures: 0, failedOn: [], log: [], heldBack: null, parkings: 0 } as const;

/**
 * What a failure means: the stream rests, twice as long each time, and its next try goes to an
 * instance that has not failed it while one fits (`failedOn`). From `parkAfterFailures` in a row on
 * it is parked. A stream that had been running for `provenAfterMs` begins anew: one that says
 * `running` and fails a moment later, again and again, never gets that far.
 * @param spread 0..1, different for streams that fail together: see spreadOf.
 */
export function decideAfterFailure(
  state: FailureState,
  failure: StreamFailure,
  rule: { readonly settings: FailureSettings; readonly spread: number },
): FailureOutcome {
  const { settings, spread } = rule;
  const isProven = state.ranForMs !== null && state.ranForMs >= settings.provenAfterMs;
  const before = isProven ? NEW_STATE : state;
  const failures = before.failures + 1;
  const isParked = before.heldBack === 'parked' || failures >= settings.parkAfterFailures;
  const parkings = isParked ? before.parkings + 1 : 0;
  const waitMs = isParked
    ? computeParkRetryMs(parkings, settings)
    : computeFailedRetryMs(failures, settings);
  return {
    failures,
    failedOn: [...before.failedOn.filter((id) => id !== failure.serverId), failure.serverId].slice(
      -FAILURES_KEPT,
    ),
    log: [...before.log, shorten(failure)].slice(-FAILURES_KEPT),
    heldBack: isParked ? 'parked' : null,
    parkings,
    restMs: waitMs === null ? null : Math.round(waitMs * (1 - JITTER_SHARE * spread)),
  };
}

/** The wait after this many failures in a row, in ms and without jitter. */
export function computeFailedRetryMs(
  failures: number,
  { failedRetryMs, failedRetryMaxMs }: FailureSettings,
): number {
  return Math.min(
    Math.max(failedRetryMs, failedRetryMaxMs),
    failedRetryMs * 2 ** Math.max(0, failures - 1),
  );
}

/** How long a stream stays parked, in ms and without jitter; null: until an operator says so. */
export function computeParkRetryMs(
  parkings: number,
  { parkRetryMs }: Pick<FailureSettings, 'parkRetryMs'>,
): number | null {
  if (parkRetryMs === 0) return null;
  const grownMs = parkRetryMs * PARK_RETRY_GROWTH ** Math.max(0, parkings - 1);
  return Math.min(Math.max(parkRetryMs, PARK_RETRY_MAX_MS), grownMs);
}

/** A number in 0..1 that only depends on the stream and its epoch (FNV-1a). */
export function spreadOf(streamId: string, epoch: number): number {
  let hash = 0x811c9dc5;
  for (const char of `${streamId}:${epoch}`) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  }
  return (hash >>> 0) / 0xffffffff;
}

/** What an instance failed with, in one line for people: the last of each, the newest first. */
export function describeFailures(log: readonly StreamFailure[]): string {
  const last = new Map<string, string>();
  for (const { serverId, error } of log.toReversed()) {
    if (!last.has(serverId)) last.set(serverId, error);
  }
  return [...last].map(([serverId, error]) => `${serverId}: ${error}`).join('; ');
}

function shorten(failure: StreamFailure): StreamFailure {
  return { ...failure, error: failure.error.slice(0, FAILURE_ERROR_LENGTH) };
}
