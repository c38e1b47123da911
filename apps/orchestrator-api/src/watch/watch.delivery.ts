import { findLiveIncarnations, readDeliveries } from '@weir/database';
import type { Delivery, SourceCipher, SqlSession } from '@weir/database';
import type { WatchChanges } from '@weir/domain';
import type { Watcher } from './watcher';

/** Reads what these watchers have not seen, and tells them. Fenced ones are told so, and ended. */
export async function deliver(
  sql: SqlSession,
  cipher: SourceCipher,
  watchers: readonly Watcher[],
): Promise<void> {
  const deliveries = await readDeliveries(sql, cipher, watchers);
  const live = await findLiveIncarnations(sql, watchers);
  watchers.forEach((watcher, index) => {
    const delivery = deliveries[index];
    if (!live[index] || delivery?.incarnation !== watcher.incarnation) endFenced(watcher);
    else tell(watcher, delivery);
  });
}

/** Says nothing when nothing changed for this instance, but remembers how far it has been read. */
function tell(watcher: Watcher, { revision, changes }: Delivery): void {
  if (revision <= watcher.seenRevision) return;
  watcher.seenRevision = revision;
  if (changes.length === 0) return;
  watcher.sink.send('changes', { revision, changes } satisfies WatchChanges);
}

function endFenced({ sink, incarnation }: Watcher): void {
  sink.send('fenced', { incarnation });
  sink.end();
}
