import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '@weir/database';
import { LOGGER, MetricsRegistry } from '@weir/observability';
import type { Logger } from '@weir/observability';
import { BalancerMetrics } from './balancer.metrics';
import { FleetSupervisor } from './fleets/fleet.supervisor';
import type { FleetBrake } from './fleets/fleet.supervisor';

/** The control loops of all fleets, alive as long as the application. */
@Injectable()
export class ControlLoops implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly supervisor: FleetSupervisor;

  constructor(database: Database, metrics: MetricsRegistry, @Inject(LOGGER) logger: Logger) {
    const observer = new BalancerMetrics(metrics, logger, () => this.supervisor.brakes);
    this.supervisor = new FleetSupervisor(database, observer);
  }

  get brakes(): readonly FleetBrake[] {
    return this.supervisor.brakes;
  }

  get fleetCount(): number {
    return this.supervisor.fleetCount;
  }

  /** There is work in that fleet: look now. */
  ring(fleet: string): void {
    this.supervisor.ring(fleet);
  }

  onApplicationBootstrap(): void {
    this.supervisor.start();
  }

  /** Finishes the rounds under way; the connections close afterwards. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.supervisor.stop();
  }
}
