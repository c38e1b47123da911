import { hashText } from './text.hash';

/** Points of each instance on the ring: the even share is then met to about a tenth. */
export const RING_POINTS = 100;

/** A ring of points, each of which belongs to an instance. */
export interface HashRing {
  /** Where the points are, ascending, in 0 .. 2^32 - 1. */
  readonly positions: Float64Array;
  /** Per point the number of its instance. */
  readonly owners: Int32Array;
}

/** 100 points for each instance that is there. */
export function buildRing(serverIds: readonly string[], alive: readonly number[]): HashRing {
  const points = alive.flatMap((number) =>
    Array.from({ length: RING_POINTS }, (_unused, point) => ({
      position: hashText(`${serverIds[number]}#${point}`),
      number,
    })),
  );
  points.sort((one, other) => one.position - other.position || one.number - other.number);
  return {
    positions: Float64Array.from(points, ({ position }) => position),
    owners: Int32Array.from(points, ({ number }) => number),
  };
}

/** Index of the first point at or clockwise of `position`. */
export function findPoint({ positions }: HashRing, position: number): number {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((positions[middle] ?? 0) < position) low = middle + 1;
    else high = middle;
  }
  return low % positions.length;
}
