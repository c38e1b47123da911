import type { FleetSnapshot, InstanceStatus, InstanceView, StreamView } from '../index';

export function instance(serverId: string, more: Partial<InstanceView> = {}): InstanceView {
  return { serverId, status: 'ready', capacity: { streams: 20 }, ...more };
}

/** A stream of weight 1 unless `load` says otherwise. */
export function stream(
  streamId: string,
  owner: string | undefined,
  more: Partial<StreamView> = {},
): StreamView {
  const owned = owner === undefined ? {} : { owner };
  return { streamId, load: { weight: 1 }, ...owned, ...more };
}

/** So many streams of weight 1 per instance, numbered: `{ a: 2 }` is cam-01 and cam-02 on a. */
export function cameras(
  perInstance: Readonly<Record<string, number>>,
  more: Partial<StreamView> = {},
): StreamView[] {
  const owners = Object.entries(perInstance).flatMap(([serverId, count]) =>
    Array.from({ length: count }, () => serverId),
  );
  return owners.map((owner, at) => stream(`cam-${String(at + 1).padStart(2, '0')}`, owner, more));
}

/** An event's change: these instances get another status. */
export function withStatus(
  serverIds: readonly string[],
  status: InstanceStatus,
): (fleet: FleetSnapshot) => FleetSnapshot {
  return (fleet) => ({
    ...fleet,
    instances: fleet.instances.map((view) =>
      serverIds.includes(view.serverId) ? { ...view, status } : view,
    ),
  });
}

/** An event's change: one more instance. */
export function withInstance(added: InstanceView): (fleet: FleetSnapshot) => FleetSnapshot {
  return (fleet) => ({ ...fleet, instances: [...fleet.instances, added] });
}

/** An event's change: more streams. */
export function withStreams(added: readonly StreamView[]): (fleet: FleetSnapshot) => FleetSnapshot {
  return (fleet) => ({ ...fleet, streams: [...fleet.streams, ...added] });
}

/** An event's change: streams weigh something else. */
export function withWeights(
  weightOf: (view: StreamView) => number,
): (fleet: FleetSnapshot) => FleetSnapshot {
  return (fleet) => ({
    ...fleet,
    streams: fleet.streams.map((view) => ({
      ...view,
      load: { ...view.load, weight: weightOf(view) },
    })),
  });
}
