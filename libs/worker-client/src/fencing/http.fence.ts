import { isCounter, isStreamId } from '@weir/domain';
import type { FencedStream } from './stale.epoch.error';

/** Header that names the stream of an effect, and the one that names its owner's epoch. */
export const STREAM_ID_HEADER = 'Stream-Id';
export const STREAM_EPOCH_HEADER = 'Stream-Epoch';

/** The headers to send along with each effect over HTTP. */
export function epochHeaders({ streamId, epoch }: FencedStream): Record<string, string> {
  return { [STREAM_ID_HEADER]: streamId, [STREAM_EPOCH_HEADER]: String(epoch) };
}

/**
 * What a sink reads from the headers of a request, by a function that finds a header whatever its
 * case: `(name) => headers.get(name)` of fetch, `(name) => headers[name.toLowerCase()]` of Node.
 * @returns undefined when they are missing or cannot be right: answer 400
 */
export function readEpochHeaders(
  find: (name: string) => string | readonly string[] | null | undefined,
): FencedStream | undefined {
  const streamId = find(STREAM_ID_HEADER);
  const text = find(STREAM_EPOCH_HEADER);
  if (typeof text !== 'string' || !/^\d{1,16}$/.test(text)) return undefined;
  const epoch = Number(text);
  return isStreamId(streamId) && isCounter(epoch) ? { streamId, epoch } : undefined;
}

/**
 * The highest epoch of each stream that one process has seen. Enough for a sink that lives in one
 * process and whose effects do not outlive it; all others keep the epochs where the effects are.
 */
export class EpochGate {
  private readonly epochs = new Map<string, number>();

  /** False when a newer owner was admitted before: answer 409, and do nothing. */
  admit({ streamId, epoch }: FencedStream): boolean {
    if (epoch < (this.epochs.get(streamId) ?? 0)) return false;
    this.epochs.set(streamId, epoch);
    return true;
  }
}
