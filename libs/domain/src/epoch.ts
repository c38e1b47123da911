import { invariant } from './invariant';

/**
 * An epoch is one number below 2^53: `generation * 2^40 + counter`. The generation (13 bits) grows
 * when the database turns out to be another one than before (restored, failed over), so that an
 * epoch that was granted and then lost with the old database can never be granted again.
 */
export const EPOCH_COUNTER_BITS = 40;
const COUNTER_SPAN = 2 ** EPOCH_COUNTER_BITS;
export const MAX_GENERATION = 2 ** 13 - 1;

/** The generation that `epoch` was granted in. */
export function generationOf(epoch: number): number {
  return Math.floor(epoch / COUNTER_SPAN);
}

/**
 * The epoch of the next grant: one more than the last, or the first of a newer generation.
 * The same rule stands in SQL (`weir_next_epoch`), which is the one that grants.
 */
export function nextEpoch(lastEpoch: number, generation: number): number {
  invariant(
    generation >= 0 && generation <= MAX_GENERATION,
    `generation ${generation} out of range`,
  );
  return Math.max(lastEpoch, generation * COUNTER_SPAN) + 1;
}
