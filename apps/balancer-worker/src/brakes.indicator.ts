import { Injectable } from '@nestjs/common';
import { Indicator } from '@weir/health';
import type { Reading } from '@weir/health';
import type { BrakeBeat } from '@weir/domain';
import { ControlLoops } from './control.loops';
import type { FleetBrake } from './fleets/fleet.supervisor';

/**
 * Brakes that hold in this replica. A brake is no fault of the service: it works, and holds back.
 */
@Injectable()
export class BrakesIndicator extends Indicator {
  readonly name = 'control-loops';
  readonly isRequired = false;

  constructor(private readonly loops: ControlLoops) {
    super();
  }

  override read(): Promise<Reading> {
    const told = tellBrakes(this.loops.brakes, performance.now());
    const brakes = told.map(({ kind, ...brake }) => ({ ...brake, brake: kind }));
    const status = brakes.length > 0 ? 'degraded' : 'up';
    return Promise.resolve({ status, details: { fleets: this.loops.fleetCount, brakes } });
  }
}

/**
 * Brakes as durations, which mean the same to whoever has another clock.
 * @param now ms of the monotonic clock
 */
export function tellBrakes(brakes: readonly FleetBrake[], now: number): BrakeBeat[] {
  return brakes.map(({ fleet, kind, since, endsAt }) => ({
    fleet,
    kind,
    forMs: Math.round(now - since),
    endsInMs: endsAt === undefined ? null : Math.max(0, Math.round(endsAt - now)),
  }));
}
