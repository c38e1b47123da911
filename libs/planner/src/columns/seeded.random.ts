/**
 * A permutation of 0..count-1 that depends on the seed alone (Fisher-Yates over mulberry32). Ties
 * between instances fall by it, so that not the same instance wins all of them for ever.
 */
export function permuteBySeed(count: number, seed: number): Int32Array {
  const rank = Int32Array.from({ length: count }, (_, index) => index);
  let state = seed | 0;
  for (let last = count - 1; last > 0; last--) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const other = ((mixed ^ (mixed >>> 14)) >>> 0) % (last + 1);
    const kept = rank[last] as number;
    rank[last] = rank[other] as number;
    rank[other] = kept;
  }
  return rank;
}
