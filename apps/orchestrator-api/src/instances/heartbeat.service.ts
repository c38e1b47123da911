import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Database, readDeliveries, renewLeases, SourceCipher } from '@weir/database';
import type { Delivery, FleetRecord, RenewalResult } from '@weir/database';
import { effectiveHeartbeatIntervalMs } from '@weir/domain';
import type { HeartbeatRequest, HeartbeatResponse } from '@weir/domain';
import { MetricsRegistry } from '@weir/observability';
import { FleetsCache } from '../notices/fleets.cache';
import { answerHeartbeat, assertRenewed, hasUnseen } from './heartbeat.answer';
import { HeartbeatBatcher } from './heartbeat.batcher';
import { StreamReportBuffer } from './stream-report.buffer';

/** Instances whose changes are read in one statement: bounds what one answer of the database holds. */
const DELIVERIES_PER_READ = 200;
const BATCH_SIZE_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

interface Beat {
  readonly fleet: FleetRecord;
  readonly serverId: string;
  readonly request: HeartbeatRequest;
}

interface Outcome {
  readonly result: RenewalResult;
  /** Shared by the batch; undefined when there is nothing to tell. */
  readonly delivery: Promise<Delivery | undefined> | undefined;
}

/** Renews leases in batches; each heartbeat is answered after its batch has been committed. */
@Injectable()
export class HeartbeatService implements BeforeApplicationShutdown {
  private readonly log = new Logger('Heartbeats');
  private readonly batcher = new HeartbeatBatcher<Beat, Outcome>((beats) => this.renew(beats));
  private readonly batchSize;

  constructor(
    private readonly database: Database,
    private readonly cipher: SourceCipher,
    private readonly fleets: FleetsCache,
    private readonly reports: StreamReportBuffer,
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

  /** @throws DomainError FLEET_UNKNOWN, INSTANCE_UNKNOWN, INCARNATION_FENCED, TOO_MANY_REQUESTS */
  async beat(
    fleetName: string,
    serverId: string,
    request: HeartbeatRequest,
  ): Promise<HeartbeatResponse> {
    const fleet = this.fleets.peek(fleetName) ?? (await this.fleets.get(fleetName));
    const beat = { fleet, serverId, request };
    const { result, delivery } = await this.batcher.submit(beat);
    assertRenewed(result, serverId, request.incarnation);
    if (request.streams) this.reports.add(fleet.fleetId, serverId, request.streams);
    const { settings } = fleet;
    const rhythm = {
      leaseTtlMs: settings.leaseTtlMs,
      heartbeatIntervalMs: effectiveHeartbeatIntervalMs(settings),
    };
    return answerHeartbeat(beat, rhythm, result, delivery && (await delivery));
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.batcher.whenIdle();
  }

  private async renew(beats: readonly Beat[]): Promise<Outcome[]> {
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
