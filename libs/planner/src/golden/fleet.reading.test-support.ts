import type { FleetSnapshot, InstanceView, StreamView } from '../index';

/** The hottest dimension of an instance, counted independently of the planner. */
export interface Utilisation {
  /** `weight` or a resource. */
  readonly dimension: string;
  readonly load: number;
  readonly capacity: number;
  /** load / (capacity * performance); 0..1 and above. */
  readonly share: number;
}

/** The streams that an instance runs. */
export function runBy(fleet: FleetSnapshot, serverId: string): StreamView[] {
  return fleet.streams.filter((view) => view.owner === serverId);
}

export function ownerOf(fleet: FleetSnapshot, streamId: string): string | undefined {
  return fleet.streams.find((view) => view.streamId === streamId)?.owner;
}

/** How many streams each instance runs. */
export function countsOf(fleet: FleetSnapshot): Record<string, number> {
  return Object.fromEntries(
    fleet.instances.map(({ serverId }) => [serverId, runBy(fleet, serverId).length]),
  );
}

/** Its hottest dimension, by share. */
export function utilisationOf(fleet: FleetSnapshot, view: InstanceView): Utilisation {
  const held = runBy(fleet, view.serverId);
  const performance = view.performance ?? 1;
  const limits = { ...view.capacity, weight: view.capacity['weight'] ?? view.capacity.streams };
  const all = Object.entries(limits)
    .filter(([dimension]) => dimension !== 'streams')
    .map(([dimension, capacity]) => {
      const load = held.reduce((sum, one) => sum + (one.load[dimension] ?? 0), 0);
      return { dimension, load, capacity, share: load / (capacity * performance) };
    });
  return all.reduce((hottest, one) => (one.share > hottest.share ? one : hottest));
}

/** The share of the hottest instance that is not lost. */
export function peakOf(fleet: FleetSnapshot): number {
  const alive = fleet.instances.filter((view) => view.status !== 'lost');
  return Math.max(...alive.map((view) => utilisationOf(fleet, view).share));
}
