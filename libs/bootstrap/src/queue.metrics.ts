import { durationBucketsSeconds } from '@weir/observability';
import type { MetricsRegistry } from '@weir/observability';
import { QueueObserver } from '@weir/queues';
import type { QueueName } from '@weir/queues';

const MS_PER_SECOND = 1000;

/** What queues tell about themselves, as metrics. */
export class QueueMetrics extends QueueObserver {
  private readonly offered;
  private readonly processed;

  constructor(metrics: MetricsRegistry) {
    super();
    this.offered = metrics.counter({
      name: 'queue_jobs_offered_total',
      help: 'Jobs handed to Redis (added) or dropped because it was away (dropped).',
      labels: ['queue', 'outcome'],
    });
    this.processed = metrics.histogram({
      name: 'queue_job_duration_seconds',
      help: 'How long jobs took.',
      labels: ['queue', 'outcome'],
      buckets: durationBucketsSeconds,
    });
  }

  override jobOffered(queue: QueueName, outcome: 'added' | 'dropped'): void {
    this.offered.inc({ queue, outcome });
  }

  override jobProcessed(
    queue: QueueName,
    outcome: 'completed' | 'failed',
    durationMs: number,
  ): void {
    this.processed.observe({ queue, outcome }, durationMs / MS_PER_SECOND);
  }
}
