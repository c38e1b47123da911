import type { SeededRandom } from './seeded.random';

export type ProcessKind = 'instance' | 'api' | 'balancer' | 'operator';

export interface ProcessClocks {
  /** How fast its clocks go against real time; 1 is right. */
  readonly rate: number;
  /** What its monotonic clock showed at the beginning, in ms. */
  readonly monotonicStartMs: number;
  /** How far its wall clock is off, in ms. */
  readonly wallOffsetMs: number;
}

/** Midsummer 2026; only differences matter. */
const WALL_START_MS = 1_782_000_000_000;

/** One operating-system process: its clocks, its life, and whether it gets to run. */
export class SimulatedProcess {
  /** Grows with every crash: nothing of an earlier life happens any more. */
  life = 1;
  isAlive = false;
  /** Stopped as a whole, by SIGSTOP say. */
  pausedUntil = Number.NEGATIVE_INFINITY;
  /** Only its main thread is busy; other threads go on. */
  blockedUntil = Number.NEGATIVE_INFINITY;
  /** Nothing between it and the database gets through before. */
  databaseCutUntil = Number.NEGATIVE_INFINITY;
  private readonly crashListeners: (() => void)[] = [];

  constructor(
    readonly name: string,
    readonly kind: ProcessKind,
    readonly random: SeededRandom,
    private readonly clocks: ProcessClocks,
  ) {}

  get rate(): number {
    return this.clocks.rate;
  }

  /** @param now real time since the beginning of the history, in ms */
  monotonic(now: number): number {
    return this.clocks.monotonicStartMs + now * this.clocks.rate;
  }

  wall(now: number): number {
    return Math.floor(WALL_START_MS + this.clocks.wallOffsetMs + now * this.clocks.rate);
  }

  /** When it gets to run again, for what its main thread is to do. */
  get heldUntil(): number {
    return Math.max(this.pausedUntil, this.blockedUntil);
  }

  onCrash(listener: () => void): void {
    this.crashListeners.push(listener);
  }

  begin(): void {
    this.isAlive = true;
  }

  /** Ends this life: whatever it held is gone, whatever was on its way to it is dropped. */
  end(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.life += 1;
    this.pausedUntil = Number.NEGATIVE_INFINITY;
    this.blockedUntil = Number.NEGATIVE_INFINITY;
    for (const listener of this.crashListeners.splice(0)) listener();
  }
}
