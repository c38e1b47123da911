import {
  findFleet,
  observeLeases,
  readBrakeReleases,
  takeOverInstances,
  withFleetTurn,
} from '@weir/database';
import type { Database, FleetRecord, LeaseObservation, TakeoverCandidate } from '@weir/database';
import { unreachable } from '@weir/domain';
import type { EngagedBrake } from '../lease/brake';
import { recordBrake } from '../lease/brake.recorder';
import { BalanceRound } from '../round/balance.round';
import type { RoundReport } from '../round/round.report';
import { FleetLoop } from './fleet.loop';
import type { FleetAction, FleetEvent } from './fleet.loop';
import type { RoundEnd } from './round.schedule';

/** What a driver shares with those of the other fleets. */
export interface FleetSurroundings {
  readonly database: Database;
  readonly observer: LoopObserver;
  /** The monotonic clock of this process, in ms. */
  readonly clock: () => number;
  /** Waits for one of the few places for rounds, and gives it back when `work` has ended. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** True when no orchestrator-api gives a sign of life. */
  readonly isApiSilent: (now: number, leaseTtlMs: number) => boolean;
  readonly noteRenewal: (now: number) => void;
  /** Resolves when it is known which generation epochs are granted in. */
  readonly ensureGeneration: () => Promise<void>;
}

/** Told of what happens, for metrics and logs. Must not throw. */
export interface LoopObserver {
  roundEnded(fleet: string, durationMs: number, report: RoundReport): void;
  roundMissed(fleet: string, why: 'turn-taken' | 'failed', error?: unknown): void;
  /** `lagMs`: from when the reading was due until it was there. */
  leasesRead(fleet: string, lagMs: number): void;
  leasesUnreadable(fleet: string, error: unknown): void;
  takeoverEnded(fleet: string, serverIds: readonly string[]): void;
  actionFailed(fleet: string, action: FleetAction['kind'], error: unknown): void;
}

interface LeaseReading {
  readonly leases: readonly LeaseObservation[];
  readonly isMassLossReleased: boolean;
}

/**
 * A round that is rung for while it places many streams hands over to the next one after this, so
 * that a lost or draining instance is not kept waiting. In ms.
 */
const SLICE_MS = 250;

/** Owns the timer and the IO of one fleet's loop; what to do is FleetLoop's decision. */
export class FleetDriver {
  private readonly loop: FleetLoop;
  private readonly round: BalanceRound;
  private readonly underWay = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private hasRung = false;
  private isStopping = false;

  constructor(
    private fleet: FleetRecord,
    private readonly surroundings: FleetSurroundings,
  ) {
    const { database, clock } = surroundings;
    this.loop = new FleetLoop(fleet.settings, clock());
    this.round = new BalanceRound(database.control, fleet.fleetId, clock);
  }

  get name(): string {
    return this.fleet.name;
  }

  get brakes(): readonly EngagedBrake[] {
    return this.loop.brakes;
  }

  start(): void {
    this.dispatch({ kind: 'woken' });
  }

  /** There is work: look now. */
  ring(): void {
    this.hasRung = true;
    this.dispatch({ kind: 'rang' });
  }

  /** Takes in the fleet as it is stored now. Settings that say the same stay the same object. */
  refresh(fleet: FleetRecord): void {
    if (JSON.stringify(fleet.settings) === JSON.stringify(this.fleet.settings)) return;
    this.fleet = fleet;
    this.dispatch({ kind: 'settings-read', settings: fleet.settings });
  }

  /** Everything that is known may be wrong: the database is another one than before. */
  forget(): void {
    this.round.forget();
  }

  /** Starts nothing new, and resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.dispatch({ kind: 'stopping' });
    await Promise.allSettled(this.underWay);
  }

  private dispatch(event: FleetEvent): void {
    const now = this.surroundings.clock();
    const step = this.loop.onEvent(event, now);
    this.schedule(step.nextWakeAt, now);
    for (const action of step.actions) this.perform(action);
  }

  private schedule(wakeAt: number | undefined, now: number): void {
    clearTimeout(this.timer);
    if (wakeAt === undefined) return;
    this.timer = setTimeout(() => this.dispatch({ kind: 'woken' }), Math.max(0, wakeAt - now));
  }

  private perform(action: FleetAction): void {
    switch (action.kind) {
      case 'read-leases':
        return this.follow(action.kind, this.readLeases(action.dueAt));
      case 'note-renewal':
        return this.surroundings.noteRenewal(this.surroundings.clock());
      case 'take-over':
        return this.follow(action.kind, this.takeOver(action.candidates));
      case 'run-round':
        return this.follow(action.kind, this.runRound());
      case 'record-brake': {
        const { database } = this.surroundings;
        const recording = recordBrake(database.control, this.fleet.fleetId, action.change);
        return this.follow(action.kind, recording);
      }
      default:
        return unreachable(action);
    }
  }

  private follow(action: FleetAction['kind'], work: Promise<void>): void {
    const followed = work
      .catch((error: unknown) => this.surroundings.observer.actionFailed(this.name, action, error))
      .finally(() => this.underWay.delete(followed));
    this.underWay.add(followed);
  }

  /** On the pool that nothing else uses: rounds must never make this process blind. */
  private async readLeases(dueAt: number): Promise<void> {
    const { database, clock, observer } = this.surroundings;
    const sentAt = clock();
    const read = await this.tryObserve(database);
    const receivedAt = clock();
    if (read === undefined) return this.dispatch({ kind: 'leases-unreadable' });
    observer.leasesRead(this.name, receivedAt - dueAt);
    const isApiSilent = this.surroundings.isApiSilent(receivedAt, this.fleet.settings.leaseTtlMs);
    this.dispatch({ kind: 'leases-read', ...read, time: { sentAt, receivedAt }, isApiSilent });
  }

  private async tryObserve({ heartbeat }: Database): Promise<LeaseReading | undefined> {
    const { fleetId } = this.fleet;
    try {
      const leases = await observeLeases(heartbeat, fleetId);
      const asks = this.loop.isLossMassive;
      const releases = asks ? await readBrakeReleases(heartbeat, fleetId) : [];
      return { leases, isMassLossReleased: releases.length > 0 };
    } catch (error) {
      this.surroundings.observer.leasesUnreadable(this.name, error);
      return undefined;
    }
  }

  private async takeOver(candidates: readonly TakeoverCandidate[]): Promise<void> {
    const { database, observer } = this.surroundings;
    let takenOver = 0;
    try {
      await this.rereadFleet();
      if (this.fleet.settings.frozen) return;
      const taken = await takeOverInstances(database.control, this.fleet.fleetId, candidates);
      takenOver = taken.length;
      if (takenOver > 0) this.hasRung = true;
      observer.takeoverEnded(
        this.name,
        taken.map(({ serverId }) => serverId),
      );
    } finally {
      this.dispatch({ kind: 'takeover-ended', takenOver });
    }
  }

  private async runRound(): Promise<void> {
    const end = await this.surroundings.inTurn(() => this.tryRound());
    this.dispatch({ kind: 'round-ended', end });
  }

  private async tryRound(): Promise<RoundEnd> {
    const { database, observer, clock, ensureGeneration } = this.surroundings;
    const startedAt = clock();
    if (this.isStopping) return { kind: 'failed' };
    try {
      await ensureGeneration();
      const turn = await withFleetTurn(database.control, this.fleet.fleetId, () => this.runTurn());
      if (!turn) {
        observer.roundMissed(this.name, 'turn-taken');
        return { kind: 'turn-taken' };
      }
      observer.roundEnded(this.name, clock() - startedAt, turn.result);
      const { dueInMs } = turn.result;
      return { kind: 'done', ...(dueInMs !== undefined && { dueInMs }) };
    } catch (error) {
      observer.roundMissed(this.name, 'failed', error);
      return { kind: 'failed' };
    }
  }

  private async runTurn(): Promise<RoundReport> {
    const { clock } = this.surroundings;
    await this.rereadFleet();
    const startedAt = clock();
    this.hasRung = false;
    const mayGoOn = (): boolean =>
      !this.isStopping && !(this.hasRung && clock() - startedAt >= SLICE_MS);
    return this.round.run({ fleet: this.fleet, mayGoOn });
  }

  /** A freeze or another setting counts from the very next act, not from the next cadence. */
  private async rereadFleet(): Promise<void> {
    const fleet = await findFleet(this.surroundings.database.control, this.fleet.name);
    if (fleet) this.refresh(fleet);
  }
}
