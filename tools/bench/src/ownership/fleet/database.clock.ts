import type { Database } from '@weir/database';

const SAMPLES = 20;

/** Turns times of the database's clock into ms of this machine's monotonic clock. */
export class DatabaseClock {
  private constructor(
    private readonly offsetMs: number,
    /** By how much a time may be off either way, in ms. */
    readonly errorMs: number,
  ) {}

  /**
   * Compares the two clocks: of several readings, the one that took the shortest is the most exact.
   * Take it anew for each measurement, because the database's clock may be slewed.
   */
  static async read({ control }: Database): Promise<DatabaseClock> {
    let best = new DatabaseClock(0, Number.POSITIVE_INFINITY);
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const beforeMs = monotonicMs();
      const rows = await control.query<{ ms: number }>(
        `select extract(epoch from weir_now())::double precision * 1000 as ms`,
        [],
      );
      const afterMs = monotonicMs();
      const errorMs = (afterMs - beforeMs) / 2;
      const middleMs = (afterMs + beforeMs) / 2;
      if (errorMs < best.errorMs) best = new DatabaseClock(middleMs - (rows[0]?.ms ?? 0), errorMs);
    }
    return best;
  }

  /** @param databaseMs ms since 1970 by the database's clock. */
  toMonotonicMs(databaseMs: number): number {
    return databaseMs + this.offsetMs;
  }
}

/** The machine's monotonic clock, which every process here shares, in ms. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
