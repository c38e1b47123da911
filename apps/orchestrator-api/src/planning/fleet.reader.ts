import { setImmediate as yieldToLoop } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database, readFleetDelta } from '@weir/database';
import type { FleetDelta, FleetRecord } from '@weir/database';
import type { FleetSnapshot, PlannerSettings } from '@weir/planner';
import { FleetCache, buildSnapshot, toPlannerSettings } from '@weir/planning';
import { PlanningTurn } from './planning.turn';

/** Streams taken in before heartbeats and others have their turn: a few milliseconds of work. */
const STREAMS_PER_SLICE = 5_000;

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
      await fill(cache, await readFleetDelta(this.database.control, fleet.fleetId, cache.since));
      const { snapshot } = buildSnapshot(cache);
      await yieldToLoop();
      const context = { now: cache.databaseNowMs, seed: fleet.fleetId };
      return think({ snapshot, settings: toPlannerSettings(fleet.settings), cache, context });
    });
  }
}

/** As one `apply`, in slices. */
async function fill(cache: FleetCache, delta: FleetDelta): Promise<void> {
  for (let at = 0; at < delta.streams.length; at += STREAMS_PER_SLICE) {
    const streams = delta.streams.slice(at, at + STREAMS_PER_SLICE);
    cache.apply({ ...delta, streams, loads: [] });
    await yieldToLoop();
  }
  cache.apply({ ...delta, streams: [] });
  await yieldToLoop();
}
