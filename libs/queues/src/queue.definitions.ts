import { isName } from '@weir/domain';
import type { JobsOptions } from 'bullmq';

/**
 * What each queue carries: identifiers only, never state. PostgreSQL is the truth and a job may be
 * lost, come twice or come late; whoever handles it reads what it needs from the database.
 */
export interface JobPayloads {
  /** Doorbell of a fleet: something changed, look now instead of at the next cadence. */
  readonly balance: { readonly fleet: string };
  readonly consistency: ConsistencyPayload;
  readonly health: Readonly<Record<string, never>>;
}

/** A verification run; without `fleet` of every fleet. */
export interface ConsistencyPayload {
  readonly fleet?: string;
  readonly repair: boolean;
  readonly requestedBy: string;
  /** The report row that waits for the result, when somebody asked for the run. */
  readonly reportId?: string;
}

export type QueueName = keyof JobPayloads;

export interface QueueDefinition<P> {
  readonly jobOptions: JobsOptions;
  /** The identity under which a further job is dropped while one is waiting; undefined: none. */
  readonly deduplicationId?: (payload: P) => string;
  readonly isPayload: (data: unknown) => data is P;
}

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/**
 * Spreads retries over 50 to 100 % of the computed delay, so that replicas do not retry in step.
 */
const JITTER = 0.5;

export const queueDefinitions: { readonly [Q in QueueName]: QueueDefinition<JobPayloads[Q]> } = {
  balance: {
    // One attempt: the control loop passes every second anyway, and that pass is the retry.
    jobOptions: {
      attempts: 1,
      removeOnComplete: true,
      removeOnFail: { count: 100, age: DAY_SECONDS },
    },
    deduplicationId: (payload) => payload.fleet,
    isPayload: (data): data is JobPayloads['balance'] => isRecord(data) && isName(data['fleet']),
  },
  consistency: {
    jobOptions: {
      attempts: 3,
      backoff: { type: 'exponential', delay: 1000, jitter: JITTER },
      removeOnComplete: { count: 100, age: DAY_SECONDS },
      removeOnFail: { count: 500, age: 7 * DAY_SECONDS },
    },
    isPayload: isConsistencyPayload,
  },
  health: {
    jobOptions: {
      attempts: 2,
      backoff: { type: 'exponential', delay: 500, jitter: JITTER },
      removeOnComplete: { count: 10, age: HOUR_SECONDS },
      removeOnFail: { count: 100, age: DAY_SECONDS },
    },
    isPayload: (data): data is JobPayloads['health'] => isRecord(data),
  },
};

export const queueNames = Object.keys(queueDefinitions) as readonly QueueName[];

/** Every key of Weir in Redis begins with this, so that a Redis may be shared. */
export const QUEUE_PREFIX = 'weir';

function isRecord(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function isConsistencyPayload(data: unknown): data is ConsistencyPayload {
  if (!isRecord(data)) return false;
  return (
    (data['fleet'] === undefined || isName(data['fleet'])) &&
    (data['reportId'] === undefined || typeof data['reportId'] === 'string') &&
    typeof data['repair'] === 'boolean' &&
    typeof data['requestedBy'] === 'string'
  );
}
