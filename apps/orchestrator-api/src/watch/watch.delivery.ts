import { findLiveIncarnations, readDeliveries } from '@weir/database';
import type { Delivery, SourceCipher, SqlSession } from '@weir/database';
import { generationOf } from '@weir/domain';
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

/**
 * Says nothing when nothing changed for this instance, but remembers how far it has been read. What
 * an instance saw of another generation, before the database was restored, may be wrong as a whole:
 * a heartbeat has to find that out, and no change may make it look as if nothing were missing.
 */
function tell(watcher: Watcher, { revision, changes }: Delivery): void {
  if (isOfAnotherGeneration(watcher.seenRevision, revision)) return watcher.sink.end();
  if (revision <= watcher.seenRevision) return;
  watcher.seenRevision = revision;
  if (changes.length === 0) return;
  watcher.sink.send('changes', { revision, changes } satisfies WatchChanges);
}

function isOfAnotherGeneration(seenRevision: number, revision: number): boolean {
  return seenRevision > 0 && generationOf(seenRevision) !== generationOf(revision);
}

function endFenced({ sink, incarnation }: Watcher): void {
  sink.send('fenced', { incarnation });
  sink.end();
}
