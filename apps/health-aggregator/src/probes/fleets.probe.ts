import { readFleetFigures } from '@weir/database';
import type { FleetFigures, TransactionRunner } from '@weir/database';
import { readProbe } from './probe.reading';
import type { ProbeReading } from './probe.reading';

/** Every fleet in figures. */
export function probeFleets(runner: TransactionRunner): Promise<ProbeReading<FleetFigures[]>> {
  return readProbe(() => readFleetFigures(runner));
}
