import { listFleets, listServices, NotificationListener } from '@weir/database';
import type { Database, FleetNotice, FleetRecord } from '@weir/database';
import { ApiLiveness, FleetDriver } from '@weir/control-loop';
import type { EngagedBrake, FleetSurroundings, LoopObserver } from '@weir/control-loop';
import { Cadence } from './cadence';
import { GenerationKeeper } from './generation.keeper';
import { Places } from './places';

/** New fleets are found by their first notice; this is for when notices are lost. In ms. */
const FLEETS_INTERVAL_MS = 1_000;
/** Silence of the API has to be noticed within seconds. In ms. */
const BEATS_INTERVAL_MS = 500;
/** Replicas of the API that were silent longer than this are forgotten. A week, in ms. */
const BEATS_WITHIN_MS = 7 * 86_400_000;
const API_SERVICE = 'orchestrator-api';
/**
 * Fleets that are planned side by side. Each holds two connections (its turn and its work), and a
 * takeover must always find one of the eight that are left for it.
 */
const ROUNDS_AT_ONCE = 3;

/** What the supervisor tells beside what its drivers tell. */
export interface SupervisorObserver extends LoopObserver {
  fleetsUnreadable(error: unknown): void;
  notificationsLost(error: Error): void;
  generationBumped(generation: number): void;
}

/** A brake that holds in this replica. */
export interface FleetBrake extends EngagedBrake {
  readonly fleet: string;
}

/** Runs the control loop of every fleet there is, from the database's own signals alone. */
export class FleetSupervisor {
  private readonly drivers = new Map<number, FleetDriver>();
  private readonly apis = new ApiLiveness();
  private readonly generation: GenerationKeeper;
  private readonly listener: NotificationListener;
  private readonly fleetsCadence = new Cadence(FLEETS_INTERVAL_MS, () => this.refreshFleets());
  private readonly beatsCadence = new Cadence(BEATS_INTERVAL_MS, () => this.readBeats());
  private readonly surroundings: FleetSurroundings;
  private isStopping = false;

  constructor(
    private readonly database: Database,
    private readonly observer: SupervisorObserver,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.generation = new GenerationKeeper(database.control, (generation) => {
      observer.generationBumped(generation);
      this.forgetAll();
    });
    this.listener = new NotificationListener(database.options, {
      onNotice: (notice) => this.onNotice(notice),
      onGap: () => this.ringAll(),
      onError: (error) => this.onListenerError(error),
    });
    const places = new Places(ROUNDS_AT_ONCE);
    this.surroundings = {
      database,
      observer,
      clock,
      inTurn: (work) => places.inTurn(work),
      isApiSilent: (now, leaseTtlMs) => this.apis.isSilent(now, leaseTtlMs),
      noteRenewal: (now) => this.apis.noteRenewal(now),
      ensureGeneration: () => this.generation.ensure(),
    };
  }

  /** Brakes that hold now, over all fleets. */
  get brakes(): readonly FleetBrake[] {
    return [...this.drivers.values()].flatMap((driver) =>
      driver.brakes.map((brake) => ({ ...brake, fleet: driver.name })),
    );
  }

  get fleetCount(): number {
    return this.drivers.size;
  }

  start(): void {
    this.listener.start();
    this.beatsCadence.runNow();
    this.fleetsCadence.runNow();
  }

  /** A doorbell by the fleet's name. */
  ring(fleetName: string): void {
    const driver = [...this.drivers.values()].find(({ name }) => name === fleetName);
    if (driver) driver.ring();
    else this.fleetsCadence.runNow();
  }

  /** Finishes the rounds under way and starts nothing new. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all([
      this.listener.close(),
      this.fleetsCadence.stop(),
      this.beatsCadence.stop(),
      ...[...this.drivers.values()].map((driver) => driver.stop()),
    ]);
  }

  private onNotice(notice: FleetNotice): void {
    const driver = this.drivers.get(notice.fleetId);
    if (!driver) this.fleetsCadence.runNow();
    else if (notice.work) driver.ring();
  }

  private ringAll(): void {
    this.fleetsCadence.runNow();
    for (const driver of this.drivers.values()) driver.ring();
  }

  private onListenerError(error: Error): void {
    if (this.isStopping) return;
    this.generation.invalidate();
    this.observer.notificationsLost(error);
  }

  private forgetAll(): void {
    for (const driver of this.drivers.values()) driver.forget();
  }

  private async refreshFleets(): Promise<void> {
    try {
      const fleets = await listFleets(this.database.heartbeat);
      for (const fleet of fleets) this.putFleet(fleet);
      await this.dropAllBut(fleets);
    } catch (error) {
      this.observer.fleetsUnreadable(error);
    }
  }

  private putFleet(fleet: FleetRecord): void {
    const known = this.drivers.get(fleet.fleetId);
    if (known) return known.refresh(fleet);
    const driver = new FleetDriver(fleet, this.surroundings);
    this.drivers.set(fleet.fleetId, driver);
    driver.start();
  }

  private async dropAllBut(fleets: readonly FleetRecord[]): Promise<void> {
    const present = new Set(fleets.map(({ fleetId }) => fleetId));
    for (const [fleetId, driver] of this.drivers) {
      if (present.has(fleetId)) continue;
      this.drivers.delete(fleetId);
      await driver.stop();
    }
  }

  private async readBeats(): Promise<void> {
    try {
      const services = await listServices(this.database.heartbeat, BEATS_WITHIN_MS);
      const beats = services.filter(({ service }) => service === API_SERVICE);
      this.apis.noteBeats(beats, this.clock());
    } catch {
      // The reading of leases, on the same connections, reports the outage.
      this.apis.noteUnreadable(this.clock());
    }
  }
}
