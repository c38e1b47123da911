import { Logger } from '@nestjs/common';
import { DomainError } from '@weir/domain';
import { UnrecoverableError, Worker as BullWorker } from 'bullmq';
import { within } from './bounded';
import type { QueueConnection } from './queue.connection';
import { QUEUE_PREFIX, queueDefinitions } from './queue.definitions';
import type { JobPayloads, QueueName } from './queue.definitions';
import type { QueueObserver } from './queue.observer';
import type { Job } from 'bullmq';

export interface ProcessorOptions {
  /** Jobs handled side by side in this process; 1 when left out. */
  readonly concurrency?: number;
}

export interface ProcessorContext {
  readonly connection: QueueConnection;
  readonly observer: QueueObserver;
}

/** Does the work of one job; what it throws decides whether the job is tried again. */
export type JobHandler<Q extends QueueName> = (
  payload: JobPayloads[Q],
  job: Job<JobPayloads[Q]>,
) => Promise<unknown>;

/**
 * Wait after a failed fetch. BullMQ's own default of 15 s would add itself to every Redis outage.
 */
const FETCH_RETRY_DELAY_MS = 500;
const RESTART_DELAY_MS = 1000;
const CLOSE_TIMEOUT_MS = 10_000;

/**
 * Consumes one queue. It survives Redis being away at its start and at any time later, takes a
 * payload that is not valid and a permanent error out of the retries, and closes in bounded time.
 */
export class ProcessorRunner<Q extends QueueName> {
  private readonly log: Logger;
  private consumer: BullWorker | undefined;
  private readonly running = new Set<Promise<unknown>>();
  private isClosing = false;
  private isOutageLogged = false;
  private restartTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly queue: Q,
    private readonly handler: JobHandler<Q>,
    private readonly context: ProcessorContext,
    private readonly options: ProcessorOptions = {},
  ) {
    this.log = new Logger(`Processor:${queue}`);
  }

  /** Begins to take jobs as soon as Redis can be reached; returns at once. */
  start(): void {
    if (this.isClosing) return;
    const consumer = new BullWorker(this.queue, (job: Job) => this.track(this.process(job)), {
      connection: this.context.connection.blockingOptions(),
      prefix: QUEUE_PREFIX,
      concurrency: this.options.concurrency ?? 1,
      runRetryDelay: FETCH_RETRY_DELAY_MS,
    });
    this.consumer = consumer;
    consumer.on('error', (error) => this.logOutage(error));
    consumer.on('ready', () => (this.isOutageLogged = false));
    consumer.on('active', () => (this.isOutageLogged = false));
    // When the connection breaks while it is being set up, BullMQ never recovers: begin again.
    consumer.waitUntilReady().catch(() => this.restart(consumer));
  }

  /**
   * Stops taking jobs and waits for those that run, at most `timeoutMs`. While Redis is away the
   * result of a finished job cannot be stored; the job then comes again, which every handler must
   * bear anyway.
   */
  async close(timeoutMs: number = CLOSE_TIMEOUT_MS): Promise<void> {
    this.isClosing = true;
    clearTimeout(this.restartTimer);
    const consumer = this.consumer;
    if (consumer === undefined) return;
    if (this.context.connection.isReady) {
      await within(consumer.close(), timeoutMs);
      return;
    }
    await within(Promise.allSettled(this.running), timeoutMs);
    await within(consumer.close(true), timeoutMs);
  }

  private async process(job: Job): Promise<unknown> {
    const startedAtMs = performance.now();
    const { observer } = this.context;
    try {
      const result = await this.handle(job);
      observer.jobProcessed(this.queue, 'completed', performance.now() - startedAtMs);
      return result;
    } catch (error) {
      observer.jobProcessed(this.queue, 'failed', performance.now() - startedAtMs);
      this.log.error(
        `job ${job.id ?? '?'} failed (attempt ${job.attemptsMade + 1}): ${String(error)}`,
      );
      throw error instanceof DomainError ? new UnrecoverableError(error.message) : error;
    }
  }

  private async handle(job: Job): Promise<unknown> {
    const data: unknown = job.data;
    if (!queueDefinitions[this.queue].isPayload(data)) {
      throw new UnrecoverableError(
        `job ${job.id ?? '?'} of queue ${this.queue} has no valid payload`,
      );
    }
    return this.handler(data, job);
  }

  private async track<T>(work: Promise<T>): Promise<T> {
    this.running.add(work);
    try {
      return await work;
    } finally {
      this.running.delete(work);
    }
  }

  private restart(failed: BullWorker): void {
    void within(failed.close(true), RESTART_DELAY_MS);
    if (this.isClosing) return;
    this.restartTimer = setTimeout(() => this.start(), RESTART_DELAY_MS);
  }

  private logOutage(error: Error): void {
    if (this.isOutageLogged || this.isClosing) return;
    this.isOutageLogged = true;
    this.log.warn(`cannot reach Redis: ${error.message}; trying on`);
  }
}
