import type { FleetSnapshot, InstanceView, StreamView } from '@weir/planner';
import { defaultPlannerSettings, plan } from '@weir/planner';

export interface FleetShape {
  readonly instances: number;
  /** 0: without zones. */
  readonly zones: number;
}

/** Streams that each instance may hold. */
const CAPACITY = 100;

/**
 * Fills an empty fleet up to a utilisation (0..1) and says what share of its streams would find no
 * room if the worst instance, or zone, were lost.
 */
export function computeHomelessShare(shape: FleetShape, utilisation: number): number {
  const fleet = emptyFleet(shape, Math.round(utilisation * shape.instances * CAPACITY));
  return plan(fleet, defaultPlannerSettings, { now: 0, seed: 1 }).after.headroomN1;
}

function emptyFleet({ instances, zones }: FleetShape, streams: number): FleetSnapshot {
  return {
    instances: Array.from({ length: instances }, (_, at): InstanceView => ({
      serverId: `i${at}`,
      status: 'ready',
      capacity: { streams: CAPACITY },
      ...(zones === 0 ? {} : { zone: `z${at % zones}` }),
    })),
    streams: Array.from({ length: streams }, (_, at): StreamView => ({
      streamId: `s${at}`,
      load: { weight: 1 },
    })),
  };
}
