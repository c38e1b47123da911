import { Injectable } from '@nestjs/common';
import { Database, readFleetDelta } from '@weir/database';
import type { FleetRecord } from '@weir/database';
import type { FleetSnapshot, PlannerSettings } from '@weir/planner';
import { FleetCache, buildSnapshot, toPlannerSettings } from '@weir/planning';
import { PlanningTurn } from './planning.turn';

/** A fleet as the next round of balancer-worker would see it. */
export interface ReadFleet {
  readonly snapshot: FleetSnapshot;
  readonly settings: PlannerSettings;
  readonly cache: FleetCache;
  /** What a plan is made with: the database's time in ms, and the fleet's own seed. */
  readonly context: { readonly now: number; readonly seed: number };
}

/** Reads a fleet in one consistent transaction and hands it to the planner, in turn. */
@Injectable()
export class FleetReader {
  constructor(
    private readonly database: Database,
    private readonly turn: PlanningTurn,
  ) {}

  /**
   * @param think what is made of the fleet; not waited for by anything else while it runs.
   * @throws DatabaseUnavailableError, DomainError PLANNING_BUSY
   */
  withFleet<T>(fleet: FleetRecord, think: (read: ReadFleet) => T): Promise<T> {
    return this.turn.run(async () => {
      const cache = new FleetCache();
      cache.apply(await readFleetDelta(this.database.control, fleet.fleetId, cache.since));
      const { snapshot } = buildSnapshot(cache);
      const context = { now: cache.databaseNowMs, seed: fleet.fleetId };
      return think({ snapshot, settings: toPlannerSettings(fleet.settings), cache, context });
    });
  }
}
