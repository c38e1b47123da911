import type { LeaseObservation, TakeoverCandidate } from '@weir/database';
import type { FleetSettings } from '@weir/domain';
import type { BrakeChange, EngagedBrake } from '../lease/brake';
import type { ReadingTime } from '../lease/lease.observer';
import { LeaseWatch } from '../lease/lease.watch';
import { RoundSchedule } from './round.schedule';
import type { RoundEnd } from './round.schedule';

/** What happens to a fleet's control loop. */
export type FleetEvent =
  /** Its timer went off. */
  | { readonly kind: 'woken' }
  /** Somebody says that there is work. */
  | { readonly kind: 'rang' }
  | { readonly kind: 'settings-read'; readonly settings: FleetSettings }
  | {
      readonly kind: 'leases-read';
      readonly leases: readonly LeaseObservation[];
      readonly time: ReadingTime;
      /** No orchestrator-api gave a sign of life: instances could not report. */
      readonly isApiSilent: boolean;
      /** An operator let the mass-loss brake go; only asked for while a loss is massive. */
      readonly isMassLossReleased: boolean;
    }
  | { readonly kind: 'leases-unreadable' }
  | { readonly kind: 'takeover-ended'; readonly takenOver: number }
  | { readonly kind: 'round-ended'; readonly end: RoundEnd }
  | { readonly kind: 'stopping' };

/** What the driver is to do. */
export type FleetAction =
  /** `dueAt`: when it should have begun, in ms of the monotonic clock. */
  | { readonly kind: 'read-leases'; readonly dueAt: number }
  /** A lease was renewed: some orchestrator-api is alive. */
  | { readonly kind: 'note-renewal' }
  | { readonly kind: 'take-over'; readonly candidates: readonly TakeoverCandidate[] }
  | { readonly kind: 'record-brake'; readonly change: BrakeChange }
  | { readonly kind: 'run-round' };

export interface FleetStep {
  readonly actions: readonly FleetAction[];
  /** When to be woken at the latest, in ms of the monotonic clock; undefined: not by time. */
  readonly nextWakeAt: number | undefined;
}

/**
 * The control loop of one fleet in one replica, as a pure state machine. Two things go on side by
 * side: leases are read at a close cadence, so that *any* replica takes over at once, and rounds
 * (place, move) run on a doorbell or by their own cadence, in whichever replica gets the turn.
 *
 * | under way | at most one of each | ends with |
 * |---|---|---|
 * | reading | read-leases | leases-read, leases-unreadable |
 * | takeover | take-over | takeover-ended |
 * | round | run-round | round-ended |
 *
 * Takeovers do not wait for rounds: a long round must not add to the time that a stream has no
 * owner.
 */
export class FleetLoop {
  private readonly watch = new LeaseWatch();
  private readonly rounds: RoundSchedule;
  private nextReadingAt: number;
  private isReading = false;
  private isTakingOver = false;
  private isStopping = false;

  constructor(
    private settings: FleetSettings,
    now: number,
  ) {
    this.nextReadingAt = now;
    this.rounds = new RoundSchedule(now);
  }

  get brakes(): readonly EngagedBrake[] {
    return this.watch.listBrakes(this.settings);
  }

  /** Whether a reading has to find out if an operator let the mass-loss brake go. */
  get isLossMassive(): boolean {
    return this.watch.isLossMassive;
  }

  onEvent(event: FleetEvent, now: number): FleetStep {
    const actions = this.take(event, now);
    if (this.isStopping) return { actions: [], nextWakeAt: undefined };
    return { actions: [...actions, ...this.startDue(now)], nextWakeAt: this.findNextWakeAt() };
  }

  private take(event: FleetEvent, now: number): FleetAction[] {
    switch (event.kind) {
      case 'woken':
        return [];
      case 'rang':
        this.rounds.ring(now);
        if (this.watch.liveCount === 0) this.nextReadingAt = now;
        return [];
      case 'settings-read':
        this.settings = event.settings;
        this.rounds.ring(now);
        return [];
      case 'leases-read':
        return this.takeReading(event, now);
      case 'leases-unreadable':
        this.isReading = false;
        this.watch.onBlindness();
        this.nextReadingAt = this.watch.findNextReadingAt(now, this.settings);
        return [];
      case 'takeover-ended':
        this.isTakingOver = false;
        if (event.takenOver > 0) this.rounds.ring(now);
        return [];
      case 'round-ended':
        this.rounds.end(event.end, this.settings.reconcileIntervalMs, now);
        return [];
      case 'stopping':
        this.isStopping = true;
        return [];
    }
  }

  private takeReading(
    event: Extract<FleetEvent, { kind: 'leases-read' }>,
    now: number,
  ): FleetAction[] {
    this.isReading = false;
    const { settings } = this;
    const { isApiSilent, isMassLossReleased } = event;
    const context = { settings, isApiSilent, isMassLossReleased };
    const decision = this.watch.onReading(event.leases, event.time, context);
    this.nextReadingAt = this.watch.findNextReadingAt(now, settings);
    const actions: FleetAction[] = decision.changes.map((change) => ({
      kind: 'record-brake',
      change,
    }));
    if (decision.hasRenewal) actions.push({ kind: 'note-renewal' });
    if (decision.candidates.length > 0 && !this.isTakingOver) {
      this.isTakingOver = true;
      actions.push({ kind: 'take-over', candidates: decision.candidates });
    }
    return actions;
  }

  private startDue(now: number): FleetAction[] {
    const actions: FleetAction[] = [];
    if (!this.isReading && now >= this.nextReadingAt) {
      this.isReading = true;
      actions.push({ kind: 'read-leases', dueAt: this.nextReadingAt });
    }
    if (this.rounds.maybeStart(now)) actions.push({ kind: 'run-round' });
    return actions;
  }

  private findNextWakeAt(): number | undefined {
    const times = [this.isReading ? undefined : this.nextReadingAt, this.rounds.nextStartAt];
    const known = times.filter((at) => at !== undefined);
    return known.length > 0 ? Math.min(...known) : undefined;
  }
}
