import { SeededRandom } from './seeded.random';

/** How loads change. Durations in minutes, the rest as shares of a stream's usual load. */
export interface DriftOptions {
  readonly seed: number;
  readonly streams: number;
  /** Heaviest usual load over the lightest, which is 1. */
  readonly ratio: number;
  /** How far the load of one stream wanders: its standard deviation. */
  readonly wander: number;
  /** How long it takes to wander back. */
  readonly memoryMinutes: number;
  /** Rise and fall over a day, each stream at its own hour. */
  readonly daily: number;
  /** Error of one measurement. */
  readonly jitter: number;
}

const MINUTES_PER_DAY = 1_440;

/** No stream goes below this share of its usual load. */
const FLOOR = 0.1;

/** Loads of streams that wander about their usual value; the same for the same options. */
export class DriftingLoads {
  readonly #random: SeededRandom;
  readonly #options: DriftOptions;
  readonly #usual: number[];
  readonly #phase: number[];
  readonly #wandered: number[];
  #minutes = 0;

  constructor(options: DriftOptions) {
    const random = new SeededRandom(options.seed);
    const each = <T>(draw: () => T): T[] => Array.from({ length: options.streams }, draw);
    this.#random = random;
    this.#options = options;
    this.#usual = each(() => 1 + (options.ratio - 1) * random.next());
    this.#phase = each(() => random.next());
    this.#wandered = each(() => options.wander * random.nextNormal());
  }

  /** What is measured so many minutes later: one weight per stream. */
  advance(minutes: number): number[] {
    const { memoryMinutes, wander, daily, jitter } = this.#options;
    const forgotten = Math.min(1, minutes / memoryMinutes);
    const push = wander * Math.sqrt(2 * forgotten);
    this.#minutes += minutes;
    return this.#usual.map((usual, at) => {
      const before = this.#wandered[at] ?? 0;
      const wandered = before * (1 - forgotten) + push * this.#random.nextNormal();
      this.#wandered[at] = wandered;
      const noise = jitter * this.#random.nextNormal();
      const share = 1 + wandered + daily * this.#tide(at) + noise;
      return usual * Math.max(FLOOR, share);
    });
  }

  /** -1 at the quietest hour of the stream, 1 at its busiest, straight in between. */
  #tide(at: number): number {
    const day = (this.#minutes / MINUTES_PER_DAY + (this.#phase[at] ?? 0)) % 1;
    return 1 - 4 * Math.abs(day - 0.5);
  }
}
