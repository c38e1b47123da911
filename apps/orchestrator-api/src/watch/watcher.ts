import type { DeliveryQuery, IncarnationKey } from '@weir/database';

/** Where events of one watching instance go. */
export interface WatchSink {
  readonly isClosed: boolean;
  send(event: string, data: unknown): void;
  comment(): void;
  end(): void;
  whenClosed(callback: () => void): void;
}

/** One incarnation that watches, and the newest revision that it has been sent. */
export interface Watcher extends DeliveryQuery, IncarnationKey {
  seenRevision: number;
  readonly sink: WatchSink;
}

/** Names the instance, among those of all fleets. */
export function instanceKey({ fleetId, serverId }: { fleetId: number; serverId: string }): string {
  return `${fleetId}/${serverId}`;
}
