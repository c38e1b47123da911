import { EventHeap } from './event.heap';
import type { ScheduledEvent } from './event.heap';
import { SeededRandom } from './seeded.random';
import { drainMicrotasks } from './microtasks';
import type { SimulatedProcess } from './simulated.process';

export interface EventOptions {
  /** Ahead of now, in ms of real time. */
  readonly inMs: number;
  /** Whose code runs then; undefined: that of no process. */
  readonly process?: SimulatedProcess | undefined;
  /** The life of the process that is meant; undefined: the one that it has now. */
  readonly life?: number;
  /** Runs in a thread that a blocked main thread does not hold up. */
  readonly isThread?: boolean;
}

/** How often it is looked whether a held up process may go on earlier than planned, in ms. */
const HELD_LOOK_MS = 250;

/** A process did what a program must not do: it threw where nobody catches. */
export interface Uncaught {
  readonly process: SimulatedProcess | undefined;
  readonly error: unknown;
}

/**
 * Virtual time and everything that happens in it, one event at a time. The code of all processes
 * runs in this one thread: which process an event belongs to says whose clock it reads, and all
 * promises that it settles are followed to their end before the next event.
 */
export class VirtualMachine {
  /** Real time since the beginning of the history, in ms. */
  now = 0;
  steps = 0;
  current: SimulatedProcess | undefined;
  readonly uncaught: Uncaught[] = [];
  /** Told after every event. */
  afterStep: (process: SimulatedProcess | undefined) => void = () => undefined;
  private readonly heap = new EventHeap();
  private order = 0;
  private isStopped = false;

  constructor(readonly seed: number) {}

  random(name: string): SeededRandom {
    return new SeededRandom(this.seed, name);
  }

  schedule(options: EventOptions, run: () => void | Promise<void>): ScheduledEvent {
    const { process, inMs } = options;
    this.order += 1;
    const event: ScheduledEvent & { isThread: boolean } = {
      at: this.now + Math.max(0, inMs),
      order: this.order,
      process,
      life: options.life ?? process?.life ?? 0,
      run,
      isCancelled: false,
      isThread: options.isThread === true,
    };
    this.heap.push(event);
    return event;
  }

  /** Ends `run` after the current event. */
  stop(): void {
    this.isStopped = true;
  }

  /**
   * Lets time pass until then, all of it in one turn of the real event loop: promise reactions are
   * run from outside of any, else they would not run at all.
   */
  run(until: number): Promise<void> {
    return new Promise((resolve, reject) => {
      realSetImmediate(() => {
        try {
          this.runNow(until);
          resolve();
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  private runNow(until: number): void {
    this.isStopped = false;
    for (let event = this.take(until); event; event = this.take(until)) {
      const result = this.start(event);
      if (result) throw new Error('an event that waits for real IO needs runWaiting');
      drainMicrotasks();
      this.finish(event);
    }
    if (!this.isStopped) this.now = Math.max(this.now, until);
  }

  /** As run, for histories whose database is a real one. */
  async runWaiting(until: number): Promise<void> {
    this.isStopped = false;
    for (let event = this.take(until); event; event = this.take(until)) {
      await this.start(event);
      this.current = event.process;
      await realTurn();
      this.finish(event);
    }
    if (!this.isStopped) this.now = Math.max(this.now, until);
  }

  private take(until: number): ScheduledEvent | undefined {
    for (;;) {
      const next = this.heap.next;
      if (this.isStopped || !next || next.at > until) return undefined;
      this.heap.pop();
      if (next.isCancelled || this.isStale(next)) continue;
      const heldUntil = this.heldUntil(next);
      if (heldUntil <= next.at) return next;
      next.at = Math.min(heldUntil, next.at + HELD_LOOK_MS);
      this.heap.push(next);
    }
  }

  private isStale({ process, life }: ScheduledEvent): boolean {
    return process !== undefined && (process.life !== life || !process.isAlive);
  }

  private heldUntil(event: ScheduledEvent): number {
    const { process } = event;
    if (!process) return event.at;
    const isThread = 'isThread' in event && event.isThread === true;
    return isThread ? process.pausedUntil : process.heldUntil;
  }

  private start(event: ScheduledEvent): void | Promise<void> {
    this.now = Math.max(this.now, event.at);
    this.steps += 1;
    this.current = event.process;
    try {
      return event.run();
    } catch (error) {
      this.uncaught.push({ process: event.process, error });
    }
  }

  private finish(event: ScheduledEvent): void {
    this.current = undefined;
    this.afterStep(event.process);
  }
}

const realSetImmediate = setImmediate;

function realTurn(): Promise<void> {
  return new Promise((resolve) => realSetImmediate(resolve));
}
