import { indexAt } from './column.access';

/** Digits of 11 bits: their counters stay in the nearest cache, and a number has few of them. */
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/**
 * Indices that put `keys` in ascending order, equal keys in the order of `start` (stable). A radix
 * sort, least digit first: linear in the number of keys, where comparing would take seventeen
 * steps for each of a hundred thousand.
 * @param keys whole numbers, each from 0 to 2^32 - 1; `start`: the indices to begin with.
 */
export function orderByKeys(keys: Uint32Array, start: Int32Array): Int32Array {
  let order = start;
  let spare: Int32Array = new Int32Array(start.length);
  let spread = 0;
  const first = keys[0] ?? 0;
  for (const key of keys) spread |= key ^ first;
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    if (((spread >>> shift) & (DIGITS - 1)) === 0) continue;
    sortByDigit({ keys, from: order, to: spare }, shift);
    const sorted = spare;
    spare = order === start ? new Int32Array(start.length) : order;
    order = sorted;
  }
  return order;
}

interface Pass {
  readonly keys: Uint32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
}

function sortByDigit({ keys, from, to }: Pass, shift: number): void {
  const places = new Int32Array(DIGITS + 1);
  const mask = DIGITS - 1;
  for (let at = 0; at < from.length; at++) {
    const digit = ((keys[indexAt(from, at)] as number) >>> shift) & mask;
    places[digit + 1] = indexAt(places, digit + 1) + 1;
  }
  for (let digit = 1; digit <= DIGITS; digit++) {
    places[digit] = indexAt(places, digit) + indexAt(places, digit - 1);
  }
  for (let at = 0; at < from.length; at++) {
    const index = indexAt(from, at);
    const digit = ((keys[index] as number) >>> shift) & mask;
    const place = indexAt(places, digit);
    to[place] = index;
    places[digit] = place + 1;
  }
}

/** 0, 1, ... count - 1. */
export function listIndices(count: number): Int32Array {
  const indices = new Int32Array(count);
  for (let index = 0; index < count; index++) indices[index] = index;
  return indices;
}
