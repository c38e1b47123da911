import type { ConsistencyPicture } from '@weir/database';

/** Streams that instances could take now: ready, with a lease that holds, and not full. */
export function computeFreeRoom(picture: ConsistencyPicture): {
  readonly readyInstances: number;
  readonly freeStreams: number;
} {
  const ready = picture.instances.filter(
    ({ status, lease }) =>
      status === 'ready' && lease !== null && !lease.isFenced && lease.overdueMs < 0,
  );
  const free = ready.map(({ maxStreams, actual }) => Math.max(0, maxStreams - actual.held));
  return {
    readyInstances: ready.length,
    freeStreams: free.reduce((sum, streams) => sum + streams, 0),
  };
}
