import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Database, readDeliveries, renewLeases, SourceCipher } from '@weir/database';
import type { Delivery, FleetRecord, RenewalResult } from '@weir/database';
import type { HeartbeatRequest } from '@weir/domain';
import { MetricsRegistry } from '@weir/observability';
import { hasUnseen } from './heartbeat.answer';
import { HeartbeatBatcher } from './heartbeat.batcher';

/**
 * Instances whose changes are read in one statement: bounds what one answer of the database holds.
 */
const DELIVERIES_PER_READ = 200;
const BATCH_SIZE_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

/** One heartbeat, and where it belongs. */
export interface Beat {
  readonly fleet: FleetRecord;
  readonly serverId: string;
  readonly request: HeartbeatRequest;
}

export interface BeatOutcome {
  readonly result: RenewalResult;
  /** Shared by the batch; undefined when there is nothing to tell. */
  readonly delivery: Promise<Delivery | undefined> | undefined;
}

/** Renews leases in batches and reads what changed for those who have not seen it. */
@Injectable()
export class HeartbeatRenewals implements BeforeApplicationShutdown {
  private readonly log = new Logger('Heartbeats');
  private readonly batcher = new HeartbeatBatcher<Beat, BeatOutcome>((beats) => this.renew(beats));
  private readonly batchSize;

  constructor(
    private readonly database: Database,
    private readonly cipher: SourceCipher,
    metrics: MetricsRegistry,
  ) {
    this.batchSize = metrics.histogram({
      name: 'heartbeat_batch_size',
      help: 'Heartbeats committed in one transaction.',
      buckets: BATCH_SIZE_BUCKETS,
    });
    metrics.gauge(
      { name: 'heartbeats_waiting', help: 'Heartbeats that wait for the next transaction.' },
      (gauge) => gauge.set(this.batcher.waitingCount),
    );
  }

  /**
   * Resolves when the renewal has been committed, with others that arrived together with it.
   * @throws DomainError TOO_MANY_REQUESTS; DatabaseUnavailableError
   */
  submit(beat: Beat): Promise<BeatOutcome> {
    return this.batcher.submit(beat);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.batcher.whenIdle();
  }

  private async renew(beats: readonly Beat[]): Promise<BeatOutcome[]> {
    this.batchSize.observe(beats.length);
    const results = await renewLeases(this.database.heartbeat, beats.map(toRenewal));
    const unseen = beats.filter((beat, index) => {
      const result = results[index];
      return result?.kind === 'renewed' && hasUnseen(beat.request, result);
    });
    const deliveries = unseen.length > 0 ? this.deliver(unseen) : undefined;
    return beats.map((beat, index) => ({
      result: results[index] ?? { kind: 'unknown' },
      delivery: deliveries?.then((byBeat) => byBeat.get(beat)),
    }));
  }

  /** Never fails: the lease is renewed, and what could not be read is told next time. */
  private async deliver(beats: readonly Beat[]): Promise<Map<Beat, Delivery>> {
    const deliveries = new Map<Beat, Delivery>();
    try {
      for (let from = 0; from < beats.length; from += DELIVERIES_PER_READ) {
        const part = beats.slice(from, from + DELIVERIES_PER_READ);
        const read = await readDeliveries(this.database.control, this.cipher, part.map(toQuery));
        read.forEach((delivery, index) => deliveries.set(part[index] as Beat, delivery));
      }
    } catch (error) {
      this.log.warn(`changes of ${beats.length} instances were not read: ${String(error)}`);
    }
    return deliveries;
  }
}

function toRenewal({ fleet, serverId, request }: Beat) {
  return {
    fleetId: fleet.fleetId,
    serverId,
    incarnation: request.incarnation,
    seenRevision: request.seenRevision,
    runningCount: request.running.count,
    runningDigest: request.running.digest,
    metrics: request.metrics,
    leaseTtlMs: fleet.settings.leaseTtlMs,
  };
}

function toQuery({ fleet, serverId, request }: Beat) {
  return { fleetId: fleet.fleetId, serverId, seenRevision: request.seenRevision };
}
