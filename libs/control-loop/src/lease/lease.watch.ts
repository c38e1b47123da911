import type { LeaseObservation, TakeoverCandidate } from '@weir/database';
import type { FleetSettings } from '@weir/domain';
import { BrakeBoard } from './brake';
import type { BrakeChange, EngagedBrake } from './brake';
import { LeaseObserver } from './lease.observer';
import type { ReadingTime } from './lease.observer';
import { MassLossBrake, isMassLoss } from './mass-loss.brake';
import type { LossPicture } from './mass-loss.brake';

/** The longest time between two readings of a fleet's leases, in ms; a twelfth of a short lease. */
const READING_INTERVAL_MS = 250;
const READINGS_PER_LEASE = 12;
/** A fleet without leases has nothing to lose, and its first registration rings anyway. In ms. */
const IDLE_INTERVAL_MS = 1_000;
/**
 * Timers and the database round their milliseconds: a proof is looked for this much later. In ms.
 */
const ROUNDING_MS = 1;

/** What a reading is judged by. */
export interface WatchContext {
  readonly settings: FleetSettings;
  readonly isApiSilent: boolean;
  /** An operator says that a mass loss is real. */
  readonly isMassLossReleased: boolean;
}

/** What follows from one reading. */
export interface LeaseDecision {
  /** Instances that may be taken over now. */
  readonly candidates: readonly TakeoverCandidate[];
  readonly changes: readonly BrakeChange[];
  readonly hasRenewal: boolean;
}

/**
 * When to read a fleet's leases, who may be taken over, and which brakes hold. Pure; times are
 * given.
 */
export class LeaseWatch {
  private readonly observer = new LeaseObserver();
  private readonly massLoss = new MassLossBrake();
  private readonly board = new BrakeBoard();
  private watchedAfreshAt: number | undefined;
  private hasMassLoss = false;

  /** The brakes that hold, and when each lets go by these settings. */
  listBrakes(settings: FleetSettings): readonly EngagedBrake[] {
    return this.board.list((kind) => {
      if (kind === 'mass-loss') return this.massLoss.endsAt(settings);
      return kind === 'control-plane' ? this.findOutageEnd(settings) : undefined;
    });
  }

  /** True while an operator's release of the mass-loss brake would change anything, or soon. */
  get isLossMassive(): boolean {
    return this.hasMassLoss;
  }

  get liveCount(): number {
    return this.observer.liveCount;
  }

  /** Takes in a reading and decides. */
  onReading(
    readings: readonly LeaseObservation[],
    time: ReadingTime,
    context: WatchContext,
  ): LeaseDecision {
    const { settings, isApiSilent } = context;
    if (isApiSilent && readings.length > 0) this.observer.restart();
    const intervalMs = this.readingIntervalMs(settings);
    const { leaseTtlMs } = settings;
    const signs = this.observer.observe(readings, time, { leaseTtlMs, intervalMs });
    if (signs.isAfresh && readings.length > 0) this.watchedAfreshAt = time.receivedAt;
    const proven = this.observer.findCandidates(leaseTtlMs);
    const changes = this.updateBrakes(proven.length, context, time.receivedAt);
    return {
      candidates: this.board.has('mass-loss') || settings.frozen ? [] : proven,
      changes,
      hasRenewal: signs.hasRenewal,
    };
  }

  /** A reading failed: nothing is known of the time since the one before. */
  onBlindness(): void {
    this.observer.restart();
  }

  /** When the next reading is due: by cadence, or exactly when it could prove a takeover. */
  findNextReadingAt(now: number, settings: FleetSettings): number {
    const byCadence = now + this.readingIntervalMs(settings);
    const exact = [
      this.observer.findNextProofAt(settings.leaseTtlMs),
      this.massLoss.endsAt(settings),
    ]
      .filter((at) => at !== undefined)
      .map((at) => at + ROUNDING_MS)
      .filter((at) => at > now);
    return Math.min(byCadence, ...exact);
  }

  private readingIntervalMs(settings: FleetSettings): number {
    if (this.observer.liveCount === 0) return IDLE_INTERVAL_MS;
    return Math.min(READING_INTERVAL_MS, settings.leaseTtlMs / READINGS_PER_LEASE);
  }

  private findOutageEnd({ leaseTtlMs }: FleetSettings): number | undefined {
    return this.watchedAfreshAt === undefined ? undefined : this.watchedAfreshAt + leaseTtlMs;
  }

  private updateBrakes(candidates: number, context: WatchContext, now: number): BrakeChange[] {
    const { settings, isMassLossReleased } = context;
    this.board.set('frozen', settings.frozen, now);
    const picture = this.pictureOf(candidates, settings, now);
    this.hasMassLoss = isMassLoss(picture, settings);
    if (settings.frozen) this.massLoss.reset();
    const isHeld =
      !settings.frozen &&
      this.massLoss.assess(picture, settings, now, isMassLossReleased) === 'held';
    const isOutage = now < (this.findOutageEnd(settings) ?? Number.NEGATIVE_INFINITY);
    const changed = [
      massLossChange(this.board.set('mass-loss', isHeld, now), picture, settings),
      outageChange(this.board.set('control-plane', isOutage, now), settings),
    ];
    return changed.filter((change) => change !== undefined);
  }

  private pictureOf(candidates: number, settings: FleetSettings, now: number): LossPicture {
    return {
      candidates,
      overdue: this.observer.countOverdue(settings.leaseTtlMs),
      live: this.observer.liveCount,
      lostRecently: this.observer.countLostSince(now, settings.leaseTtlMs),
    };
  }
}

function massLossChange(
  change: 'engaged' | 'released' | undefined,
  picture: LossPicture,
  settings: FleetSettings,
): BrakeChange | undefined {
  if (!change) return undefined;
  const { massLossPercent, massLossHoldMs } = settings;
  const lost = Math.max(picture.overdue, picture.candidates) + picture.lostRecently;
  const all = picture.live + picture.lostRecently;
  const message =
    change === 'engaged'
      ? `${lost} of ${all} instances would be lost at once, more than ${massLossPercent} %: ` +
        `failover waits up to ${massLossHoldMs} ms for them to report`
      : `failover goes on: ${lost} of ${all} instances are lost or about to be`;
  const severity = change === 'engaged' ? 'CRITICAL' : 'INFO';
  const detail = { brake: 'mass-loss', lost, instances: all, massLossPercent, massLossHoldMs };
  return { kind: 'mass-loss', change, severity, message, detail };
}

function outageChange(
  change: 'engaged' | 'released' | undefined,
  { leaseTtlMs }: FleetSettings,
): BrakeChange | undefined {
  if (!change) return undefined;
  const message =
    change === 'engaged'
      ? `the control plane was away: every instance gets a whole lease (${leaseTtlMs} ms) to report`
      : 'every instance had a whole lease to report: failover goes on';
  const severity = change === 'engaged' ? 'WARNING' : 'INFO';
  return {
    kind: 'control-plane',
    change,
    severity,
    message,
    detail: { brake: 'control-plane', leaseTtlMs },
  };
}
