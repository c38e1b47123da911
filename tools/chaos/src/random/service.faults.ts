import { PARTITIONED } from '@weir/testing';
import { AGGREGATOR_NAME, API_NAMES, BALANCER_NAMES, CHECKER_NAME } from '../plant/plant.options';
import type { ServiceName } from '../plant/plant.options';
import type { FaultKind } from './fault.kind';

const LONG_MS = 10_000;
const OBSERVERS = [CHECKER_NAME, AGGREGATOR_NAME] as const;
type Place = FaultKind['place'];

/** What happens to services, and to their ways to PostgreSQL and Redis. */
export const SERVICE_FAULTS: readonly FaultKind[] = [
  ...ofServices('apis', API_NAMES),
  ...ofServices('balancers', BALANCER_NAMES),
  killed('observers', OBSERVERS),
  paused('observers', OBSERVERS),
];

function ofServices(place: Place, names: readonly ServiceName[]): FaultKind[] {
  return [
    killed(place, names),
    paused(place, names),
    cutOff(place, names, 'postgres'),
    cutOff(place, names, 'redis'),
    allStopped(place, names),
  ];
}

function killed(place: Place, names: readonly ServiceName[]): FaultKind {
  return {
    name: `one of ${place} killed`,
    place,
    durationMs: [500, LONG_MS],
    strike: async ({ plant, random }) => {
      const service = plant.service(random.pick(names));
      await service.kill();
      return { what: `${service.name} killed`, heal: () => service.start() };
    },
  };
}

function paused(place: Place, names: readonly ServiceName[]): FaultKind {
  return {
    name: `one of ${place} paused`,
    place,
    durationMs: [500, LONG_MS],
    strike: ({ plant, random }) => {
      const service = plant.service(random.pick(names));
      service.pause();
      const heal = (): Promise<void> => Promise.resolve(service.resume());
      return Promise.resolve({ what: `${service.name} paused`, heal });
    },
  };
}

function cutOff(place: Place, names: readonly ServiceName[], to: 'postgres' | 'redis'): FaultKind {
  return {
    name: `one of ${place} cut off from ${to}`,
    place,
    durationMs: [500, LONG_MS],
    strike: async ({ plant, random }) => {
      const link = plant.links.between(random.pick(names), to);
      await link.setFault(PARTITIONED);
      return { what: `one of ${place} cut off from ${to}`, heal: () => link.heal() };
    },
  };
}

/** All of a kind are killed at once. */
function allStopped(place: Place, names: readonly ServiceName[]): FaultKind {
  return {
    name: `all ${place} killed`,
    place,
    durationMs: [500, LONG_MS],
    strike: async ({ plant }) => {
      const services = names.map((name) => plant.service(name));
      await Promise.all(services.map((service) => service.kill()));
      const heal = async (): Promise<void> => {
        await Promise.all(services.map((service) => service.start()));
      };
      return { what: `all ${place} killed`, heal };
    },
  };
}
