import type { FleetSettings } from './fleet';

export type FlappingSettings = Pick<FleetSettings, 'flapsMax'>;

/** How long an instance that flaps gets nothing new at first; doubles with each further flap. */
const FLAPPING_REST_MS = 60_000;
const FLAPPING_REST_MAX_MS = 1_800_000;
/** Beyond this many doublings the longest rest is reached by far. */
const DOUBLINGS_MAX = 10;

/**
 * How long an instance that came back is given nothing new, in ms; 0: it is not flapping. A flap is
 * an incarnation that ended without saying goodbye: it was lost, or another one took its place.
 * @param flaps of this instance within `flapWindowMs`, the latest included.
 */
export function decideFlappingMs(flaps: number, { flapsMax }: FlappingSettings): number {
  if (flaps < flapsMax) return 0;
  const doublings = Math.min(DOUBLINGS_MAX, flaps - flapsMax);
  return Math.min(FLAPPING_REST_MAX_MS, FLAPPING_REST_MS * 2 ** doublings);
}

/** From this many flaps on an instance is not given anew what it had just got. */
const SCATTER_FLAPS = 2;

/**
 * Whether the streams that an instance got not long before it crashed are placed anew when it comes
 * back, instead of being given to it again: it crashed with them twice. Elsewhere they either run,
 * or show which of them kills.
 * @param flaps of this instance within `flapWindowMs`, the latest included.
 */
export function isScattering(flaps: number): boolean {
  return flaps >= SCATTER_FLAPS;
}
