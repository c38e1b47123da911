import type { FleetFigures } from '@weir/database';
import type { HealthReadings } from '../health/health.readings';
import { databasePenalties } from './database.penalties';
import { fleetPenalties } from './fleet.penalties';
import { queuePenalties } from './queue.penalties';
import { redisPenalties } from './redis.penalties';
import { scoreByProduct } from './penalty';
import type { Score } from './penalty';

/**
 * How well the system does its work, 0..1: the product of what PostgreSQL, Redis, the queues and
 * the instances leave of it. Each measure costs nothing up to a first bound, its whole share from
 * a second one on, and grows straight between them (see the penalties of each part).
 */
export function computePerformanceScore(
  readings: HealthReadings,
  fleets: readonly FleetFigures[],
): Score {
  return scoreByProduct('performance', [
    ...databasePenalties(readings.postgres, readings.earlier),
    ...redisPenalties(readings.redis),
    ...queuePenalties(readings.queues, readings.earlier),
    ...fleets.flatMap(fleetPenalties),
  ]);
}
