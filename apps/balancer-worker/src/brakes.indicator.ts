import { Injectable } from '@nestjs/common';
import { Indicator } from '@weir/health';
import type { Reading } from '@weir/health';
import { ControlLoops } from './control.loops';

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
    const now = performance.now();
    const brakes = this.loops.brakes.map(({ fleet, kind, since }) => ({
      fleet,
      brake: kind,
      forMs: Math.round(now - since),
    }));
    const status = brakes.length > 0 ? 'degraded' : 'up';
    return Promise.resolve({ status, details: { fleets: this.loops.fleetCount, brakes } });
  }
}
