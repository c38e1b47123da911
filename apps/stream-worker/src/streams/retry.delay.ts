const FIRST_MS = 500;
const MAX_MS = 30_000;

/**
 * How long to leave a failing source alone: doubled with each failure in a row, at most 30 s, and
 * anywhere in the upper half of that, so that streams of one dead server do not come back as one.
 */
export function computeRetryDelayMs(failures: number, random: () => number): number {
  const delayMs = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(Math.max(0, failures - 1), 16));
  return delayMs * (0.5 + random() / 2);
}
