import type { Plant } from '../plant/plant';
import type { StreamTruth } from '../plant/truth.reader';

/**
 * How long after `sinceNs` each stream had its first accepted effect under a higher epoch. In ms;
 * streams without one are left out.
 */
export async function findTakeoverTimes(
  plant: Plant,
  streams: readonly StreamTruth[],
  sinceNs: bigint,
): Promise<number[]> {
  const epochs = new Map(streams.map(({ streamId, epoch }) => [streamId, epoch]));
  const times: number[] = [];
  for await (const { streamId, epoch, isAccepted, atNs } of plant.sink.entries()) {
    const old = epochs.get(streamId);
    if (old === undefined || !isAccepted || epoch <= old || BigInt(atNs) < sinceNs) continue;
    epochs.delete(streamId);
    times.push(Number(BigInt(atNs) - sinceNs) / 1e6);
  }
  return times;
}
