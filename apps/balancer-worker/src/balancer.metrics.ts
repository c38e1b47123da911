import { durationBucketsSeconds } from '@weir/observability';
import type { Logger, MetricsRegistry } from '@weir/observability';
import type { FleetBrake, SupervisorObserver } from './fleets/fleet.supervisor';
import type { FleetAction, RoundReport } from '@weir/control-loop';
import { MoveGauges } from './move.gauges';
import { PlanGauges } from './plan.gauges';

const MS_PER_SECOND = 1_000;

/** Every instrument of the control loops, by what it counts. */
function createInstruments(metrics: MetricsRegistry) {
  return { ...createRoundInstruments(metrics), ...createLeaseInstruments(metrics) };
}

function createRoundInstruments(metrics: MetricsRegistry) {
  return {
    rounds: metrics.counter({
      name: 'balance_rounds_total',
      help: 'Rounds: done, turn-taken (another replica works on the fleet), failed.',
      labels: ['outcome'],
    }),
    roundDuration: metrics.histogram({
      name: 'balance_round_duration_seconds',
      help: 'How long rounds took that had the turn.',
      buckets: durationBucketsSeconds,
    }),
    planDuration: metrics.histogram({
      name: 'balance_plan_duration_seconds',
      help: 'How long the planner took, snapshot included.',
      buckets: durationBucketsSeconds,
    }),
    placements: metrics.counter({
      name: 'placements_total',
      help: 'Streams placed on an instance.',
    }),
    moves: metrics.counter({
      name: 'moves_total',
      help: 'Moves started, and those seen to be done or aborted.',
      labels: ['outcome'],
    }),
    conflicts: metrics.counter({
      name: 'plan_conflicts_total',
      help: 'Placements and moves that were dropped because the truth had changed.',
    }),
  };
}

function createLeaseInstruments(metrics: MetricsRegistry) {
  return {
    takeovers: metrics.counter({
      name: 'takeovers_total',
      help: 'Instances that were fenced because their lease ran out.',
    }),
    readingLag: metrics.histogram({
      name: 'lease_reading_lag_seconds',
      help: 'From when leases were due to be read until they were there.',
      buckets: durationBucketsSeconds,
    }),
    readingFailures: metrics.counter({
      name: 'lease_reading_failures_total',
      help: 'Readings of leases that failed: after each, every instance gets a whole lease.',
    }),
  };
}

function showBrakes(metrics: MetricsRegistry, findBrakes: () => readonly FleetBrake[]): void {
  const description = {
    name: 'brake_engaged',
    help: '1 while a brake holds in this replica.',
    labels: ['fleet', 'brake'] as const,
  };
  metrics.gauge(description, (gauge) => {
    gauge.reset();
    for (const { fleet, kind } of findBrakes()) gauge.set({ fleet, brake: kind }, 1);
  });
}

/** What the control loops tell, as metrics and log lines. */
export class BalancerMetrics implements SupervisorObserver {
  private readonly instruments;
  private readonly planGauges: PlanGauges;
  private readonly moveGauges: MoveGauges;
  /** Fleets whose leases cannot be read now: said once per outage. */
  private readonly unreadable = new Set<string>();

  constructor(
    metrics: MetricsRegistry,
    private readonly logger: Logger,
    findBrakes: () => readonly FleetBrake[],
  ) {
    this.instruments = createInstruments(metrics);
    this.planGauges = new PlanGauges(metrics);
    this.moveGauges = new MoveGauges(metrics);
    showBrakes(metrics, findBrakes);
  }

  roundEnded(fleet: string, durationMs: number, report: RoundReport): void {
    this.instruments.rounds.inc({ outcome: 'done' });
    this.instruments.roundDuration.observe(durationMs / MS_PER_SECOND);
    this.instruments.placements.inc(report.placed);
    this.instruments.moves.inc({ outcome: 'started' }, report.movesStarted);
    this.instruments.moves.inc({ outcome: 'done' }, report.movesDone);
    this.instruments.moves.inc({ outcome: 'aborted' }, report.movesAborted);
    this.instruments.conflicts.inc(report.conflicts);
    this.moveGauges.show(fleet, report);
    if (report.planMs === null) return;
    this.instruments.planDuration.observe(report.planMs / MS_PER_SECOND);
    if (report.scores) this.planGauges.show(fleet, report.scores);
    const hasActed = report.placed + report.movesStarted + report.conflicts > 0;
    if (hasActed)
      this.logger.info({ fleet, durationMs: Math.round(durationMs), ...report }, 'round');
  }

  roundMissed(fleet: string, why: 'turn-taken' | 'failed', error?: unknown): void {
    this.instruments.rounds.inc({ outcome: why });
    if (error !== undefined) this.logger.warn({ fleet, err: error }, 'round failed');
  }

  leasesRead(fleet: string, lagMs: number): void {
    this.instruments.readingLag.observe(Math.max(0, lagMs) / MS_PER_SECOND);
    if (this.unreadable.delete(fleet)) this.logger.info({ fleet }, 'leases can be read again');
  }

  leasesUnreadable(fleet: string, error: unknown): void {
    this.instruments.readingFailures.inc();
    if (this.unreadable.has(fleet)) return;
    this.unreadable.add(fleet);
    this.logger.warn({ fleet, err: error }, 'leases cannot be read: nothing is taken over');
  }

  takeoverEnded(fleet: string, serverIds: readonly string[]): void {
    this.instruments.takeovers.inc(serverIds.length);
    if (serverIds.length > 0) this.logger.warn({ fleet, serverIds }, 'instances are lost');
  }

  actionFailed(fleet: string, action: FleetAction['kind'], error: unknown): void {
    this.logger.warn({ fleet, action, err: error }, `${action} failed`);
  }

  fleetsUnreadable(error: unknown): void {
    this.logger.warn({ err: error }, 'the list of fleets cannot be read; the known ones go on');
  }

  notificationsLost(error: Error): void {
    this.logger.warn({ err: error }, 'no notifications now: loops go on by their cadence');
  }

  generationBumped(generation: number): void {
    this.logger.warn(
      { generation },
      'the database is another one: epochs go on in a new generation',
    );
  }
}
