import { Injectable } from '@nestjs/common';
import type { FleetFigures } from '@weir/database';
import type { HealthReason, SystemHealth } from '@weir/domain';
import { MetricsRegistry } from '@weir/observability';

const SEVERITIES: readonly HealthReason['severity'][] = ['WARNING', 'ERROR', 'CRITICAL'];

/** The health of the system as metrics, as of the latest look of this replica. */
@Injectable()
export class HealthMetrics {
  private readonly score;
  private readonly up;
  private readonly reasons;
  private readonly heldBack;
  private readonly flapping;
  private readonly samples;

  constructor(metrics: MetricsRegistry) {
    this.score = metrics.gauge({
      name: 'health_score',
      help: 'Scores of the system in 0..1, 1 is best.',
      labels: ['score'],
    });
    this.up = metrics.gauge({
      name: 'service_up',
      help: '1 while a replica of the service (or the database itself) is ready.',
      labels: ['service'],
    });
    this.reasons = metrics.gauge({
      name: 'health_reasons',
      help: 'Reasons that lower the health of the system.',
      labels: ['severity'],
    });
    this.heldBack = metrics.gauge({
      name: 'held_back_streams',
      help: 'Streams that wait: parked (they failed too often) or isolated (instances died).',
      labels: ['fleet', 'kind'],
    });
    this.flapping = metrics.gauge({
      name: 'flapping_instances',
      help: 'Instances that came back too often and get nothing new; at most 100 are counted.',
      labels: ['fleet'],
    });
    this.samples = metrics.counter({
      name: 'health_samples_stored_total',
      help: 'Samples of the system stored by this replica.',
    });
  }

  observed(health: SystemHealth): void {
    this.score.set({ score: 'load_balance' }, health.loadBalanceScore);
    this.score.set({ score: 'consistency' }, health.consistencyScore);
    this.score.set({ score: 'performance' }, health.performanceScore);
    for (const severity of SEVERITIES) {
      const count = health.reasons.filter((reason) => reason.severity === severity).length;
      this.reasons.set({ severity }, count);
    }
    for (const [service, isUp] of serviceStates(health)) this.up.set({ service }, isUp ? 1 : 0);
  }

  /** Fleets as of the latest reading; those that are gone are not shown any more. */
  fleetsRead(fleets: readonly FleetFigures[]): void {
    this.heldBack.reset();
    this.flapping.reset();
    for (const { fleet, parkedStreams, isolatedStreams, flapping } of fleets) {
      this.heldBack.set({ fleet, kind: 'parked' }, parkedStreams);
      this.heldBack.set({ fleet, kind: 'isolated' }, isolatedStreams);
      this.flapping.set({ fleet }, flapping.length);
    }
  }

  stored(): void {
    this.samples.inc();
  }
}

/** Per service, whether any of its replicas is ready. */
function serviceStates({ services }: SystemHealth): Map<string, boolean> {
  const states = new Map<string, boolean>();
  for (const { name, status } of services) {
    const service = name.split('/')[0] ?? name;
    states.set(service, states.get(service) === true || status === 'ready');
  }
  return states;
}
