import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Database, withTurn } from '@weir/database';
import { LOGGER } from '@weir/observability';
import type { Logger } from '@weir/observability';
import { CheckerMetrics } from '../checker.metrics';
import { ConsistencySection } from '../consistency.section';
import { maintenanceSteps } from './maintenance.steps';
import type { MaintenanceStep } from './maintenance.steps';

const LOCK_CLASS = 0x776d;
/** The one key of that class: maintenance is of the whole database. */
const LOCK_KEY = 0;
const INTERVAL_MS = 3_600_000;
/** After a failure, such as a lock that was not to be had, it is tried again sooner. In ms. */
const RETRY_MS = 300_000;

/** Keeps history bounded: at the start and every hour, in one replica at a time. */
@Injectable()
export class Maintenance implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly steps: readonly MaintenanceStep[];
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopping = false;

  constructor(
    private readonly database: Database,
    section: ConsistencySection,
    private readonly metrics: CheckerMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.steps = maintenanceSteps(section);
  }

  onApplicationBootstrap(): void {
    this.begin();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private begin(): void {
    this.running = this.maintain().then((isDone) => {
      if (this.isStopping) return;
      this.timer = setTimeout(() => this.begin(), isDone ? INTERVAL_MS : RETRY_MS);
    });
  }

  /** @returns false when a step failed; never throws. */
  private async maintain(): Promise<boolean> {
    try {
      const runner = this.database.control;
      const turn = await withTurn(runner, LOCK_CLASS, LOCK_KEY, async () => {
        const outcomes: boolean[] = [];
        for (const step of this.steps) outcomes.push(await this.runStep(step));
        return outcomes.every(Boolean);
      });
      return turn?.result ?? true;
    } catch (error) {
      this.logger.warn({ err: error }, 'maintenance could not begin; tried again later');
      return false;
    }
  }

  private async runStep(step: MaintenanceStep): Promise<boolean> {
    if (this.isStopping) return true;
    const { table } = step;
    try {
      const changes = await step.run(this.database.control, () => !this.isStopping);
      this.metrics.maintained(table, changes);
      if (changes > 0) this.logger.info({ table, changes }, 'maintained');
      return true;
    } catch (error) {
      this.metrics.maintenanceFailed();
      this.logger.warn({ err: error, table }, 'a step of maintenance failed; tried again later');
      return false;
    }
  }
}
