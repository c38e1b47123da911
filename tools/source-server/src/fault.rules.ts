/** What goes wrong with one name. Everything absent: nothing. */
export interface Faults {
  /** Answer with this status (404, 503, ...) instead of audio. */
  readonly status?: number;
  /** Redirect this many times before anything is served. */
  readonly redirects?: number;
  /** Wait before the answer begins. */
  readonly delayMs?: number;
  /**
   * Pace as a part of the real one: 0.5 starves a player, 0 stalls the connection without closing
   * it.
   */
  readonly speed?: number;
  /** Stall when a connection is this old. */
  readonly stallAfterMs?: number;
  /** Reset when a connection is this old. */
  readonly cutAfterMs?: number;
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
}

const HOUR_MS = 3_600_000;

const RANGES: Readonly<Record<keyof Faults, Range>> = {
  status: { least: 400, most: 599, isWhole: true },
  redirects: { least: 0, most: 100, isWhole: true },
  delayMs: { least: 0, most: HOUR_MS, isWhole: true },
  speed: { least: 0, most: 100, isWhole: false },
  stallAfterMs: { least: 0, most: HOUR_MS, isWhole: true },
  cutAfterMs: { least: 0, most: HOUR_MS, isWhole: true },
};

const KEYS = Object.keys(RANGES) as (keyof Faults)[];

/**
 * Reads faults from the parameters of a request or the fields of a JSON body. Other fields are left
 * alone.
 * @throws RangeError that names the field which is no number in its range.
 */
export function parseFaults(fields: Readonly<Record<string, unknown>>): Faults {
  const faults: Partial<Record<keyof Faults, number>> = {};
  for (const key of KEYS) {
    const given = fields[key];
    if (given !== undefined) {
      faults[key] = assertInRange(key, given);
    }
  }
  return faults;
}

function assertInRange(key: keyof Faults, given: unknown): number {
  const { least, most, isWhole } = RANGES[key];
  const isNumeric = typeof given === 'number' || (typeof given === 'string' && given !== '');
  const value = isNumeric ? Number(given) : Number.NaN;
  if (!(value >= least && value <= most) || (isWhole && !Number.isInteger(value))) {
    const kind = isWhole ? 'a whole number' : 'a number';
    throw new RangeError(`${key} must be ${kind} from ${least} to ${most}.`);
  }
  return value;
}

/** Pace of a connection of this age as a part of the real one. */
export function computeSpeed(faults: Faults, ageMs: number): number {
  if (faults.stallAfterMs !== undefined && ageMs >= faults.stallAfterMs) {
    return 0;
  }
  return faults.speed ?? 1;
}

/** Whether a connection of this age is to be reset. */
export function isCut(faults: Faults, ageMs: number): boolean {
  return faults.cutAfterMs !== undefined && ageMs >= faults.cutAfterMs;
}
