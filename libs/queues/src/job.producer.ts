import { Logger } from '@nestjs/common';
import { within } from './bounded';
import type { QueueConnection } from './queue.connection';
import { queueDefinitions } from './queue.definitions';
import type { JobPayloads, QueueName } from './queue.definitions';
import type { QueueObserver } from './queue.observer';
import type { QueueRegistry } from './queue.registry';
import type { JobsOptions } from 'bullmq';

export interface EnqueueOptions {
  /** A job with this id that is still known is not added again. */
  readonly jobId?: string;
  readonly delayMs?: number;
}

/** Longest time that a caller, usually answering a request, waits for Redis. */
const ENQUEUE_TIMEOUT_MS = 250;

/**
 * Hands jobs to Redis. Nothing here throws or waits for long: a job is a doorbell, and whoever
 * rings it has already written to PostgreSQL what matters. The answer says whether Redis took the
 * job.
 */
export class JobProducer {
  private readonly log = new Logger('JobProducer');
  private isOutageLogged = false;

  constructor(
    private readonly connection: QueueConnection,
    private readonly registry: QueueRegistry,
    private readonly observer: QueueObserver,
  ) {}

  /** Rings the balance doorbell of a fleet; dropped when one is already waiting to be heard. */
  async ringBalance(fleet: string): Promise<boolean> {
    return this.enqueue('balance', { fleet });
  }

  /** Adds a job. False: Redis is away or did not answer in time, and the job is dropped. */
  async enqueue<Q extends QueueName>(
    queue: Q,
    payload: JobPayloads[Q],
    options: EnqueueOptions = {},
  ): Promise<boolean> {
    const failure = await this.tryAdd(queue, payload, options);
    this.observer.jobOffered(queue, failure === undefined ? 'added' : 'dropped');
    this.logChange(failure);
    return failure === undefined;
  }

  /** Undefined when Redis has taken the job, else why not. */
  private async tryAdd<Q extends QueueName>(
    queue: Q,
    payload: JobPayloads[Q],
    options: EnqueueOptions,
  ): Promise<string | undefined> {
    if (!this.connection.isReady) return 'not connected';
    const jobOptions = jobOptionsOf(queue, payload, options);
    const adding = this.registry.get(queue).add(queue, payload, jobOptions);
    const result = await within(adding, ENQUEUE_TIMEOUT_MS);
    switch (result.kind) {
      case 'done':
        return undefined;
      case 'timed-out':
        return `no answer in ${ENQUEUE_TIMEOUT_MS} ms`;
      case 'failed':
        return result.error instanceof Error ? result.error.message : String(result.error);
    }
  }

  private logChange(failure: string | undefined): void {
    if (failure !== undefined && !this.isOutageLogged) {
      this.log.warn(`jobs are dropped: ${failure}`);
    }
    if (failure === undefined && this.isOutageLogged) this.log.log('jobs are taken again');
    this.isOutageLogged = failure !== undefined;
  }
}

function jobOptionsOf<Q extends QueueName>(
  queue: Q,
  payload: JobPayloads[Q],
  options: EnqueueOptions,
): JobsOptions {
  const id = queueDefinitions[queue].deduplicationId?.(payload);
  return {
    ...(options.jobId === undefined ? {} : { jobId: options.jobId }),
    ...(options.delayMs === undefined ? {} : { delay: options.delayMs }),
    // A ring while the previous one is being answered must not be lost: that answer may have read
    // the database before the change. It is kept once and becomes a job when the active one has
    // finished.
    ...(id === undefined ? {} : { deduplication: { id, keepLastIfActive: true } }),
  };
}
