import type { StreamEpoch } from '@weir/domain';
import { hasEffects, isGoingOn } from './stream.slot';
import type { StreamSlot } from './stream.slot';

/** All streams here, by id. */
export type StreamSlots = ReadonlyMap<string, StreamSlot>;

/** What goes on, counted. */
export interface GoingOn {
  readonly exclusive: number;
  readonly others: number;
}

/** Where a handler and the machine differ. */
export interface HandlerDifference {
  /** Running here, not in the handler: they broke without a word. */
  readonly died: readonly StreamEpoch[];
  /** Running in the handler, of no concern here. */
  readonly strays: readonly StreamEpoch[];
}

/** Streams that have effects and were not told to stop. */
export function countGoingOn(slots: StreamSlots): GoingOn {
  let exclusive = 0;
  let all = 0;
  for (const { live } of slots.values()) {
    if (!hasEffects(live) || !isGoingOn(live)) continue;
    all += 1;
    if (live.assignment.exclusive) exclusive += 1;
  }
  return { exclusive, others: all - exclusive };
}

/** Compares what the handler says that it runs with what it was told to run. */
export function compareWithHandler(
  slots: StreamSlots,
  handled: readonly StreamEpoch[],
): HandlerDifference {
  const epochs = new Map(handled.map(({ streamId, epoch }) => [streamId, epoch]));
  const died: StreamEpoch[] = [];
  for (const { streamId, live } of slots.values()) {
    if (live?.phase !== 'running') continue;
    const { epoch } = live.assignment;
    if (epochs.get(streamId) !== epoch) died.push({ streamId, epoch });
  }
  const strays = handled.filter(
    ({ streamId, epoch }) => slots.get(streamId)?.live?.assignment.epoch !== epoch,
  );
  return { died, strays };
}

/**
 * How long past the lease exclusive streams that go on may run; each value once, shortest first, in
 * ms.
 */
export function listAutonomiesMs(slots: StreamSlots): number[] {
  const autonomies = new Set<number>();
  for (const { live } of slots.values()) {
    if (isGoingOn(live) && live.assignment.exclusive) {
      autonomies.add(live.assignment.autonomyMs ?? 0);
    }
  }
  return [...autonomies].sort((a, b) => a - b);
}
