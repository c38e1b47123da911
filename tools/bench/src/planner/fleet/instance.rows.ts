import type { InstanceView } from '@weir/planner';

/** Streams per instance in the large cases; the same in all of them, so that they compare. */
export const STREAMS_PER_INSTANCE = 50;

/** Mean utilisation of the large cases: an ordinary fleet with room for one lost instance. */
const UTILISATION = 0.625;

/** `instance-0`, `instance-1`, ... */
export function serverIdOf(number: number): string {
  return `instance-${number}`;
}

/**
 * Capacity (slots, and what weight is measured against) of each of `instances` at which `weights`
 * are 62.5 % of all. Weights are at least 1, so that the slots never run out before the capacity.
 */
export function capacityFor(weights: Float64Array, instances: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Math.ceil(total / instances / UTILISATION);
}

/** A ready instance without labels, as the balancer's reader of rows gives it. */
export function readyInstance(number: number, capacityStreams: number): InstanceView {
  return {
    serverId: serverIdOf(number),
    status: 'ready',
    labels: {},
    capacity: { streams: capacityStreams },
    performance: 1,
  };
}

/** `count` equal ready instances. */
export function readyInstances(count: number, capacityStreams: number): InstanceView[] {
  return Array.from({ length: count }, (_unused, at) => readyInstance(at, capacityStreams));
}
