import { Worker } from 'node:worker_threads';
import { WATCHDOG_PROGRAM } from './watchdog.thread';

const SHARED_BYTES = 32;
const DEADLINE = 0;
const REACTION = 1;
const PASSED = 2;
const COUNTER = 6;
const NS_PER_MS = 1e6;

export interface WatchedDeadline {
  /** On the clock of `performance.now()`; undefined: no lease. */
  readonly deadlineMs: number | undefined;
  /** How long after the deadline the main loop may take to react. */
  readonly reactionMs: number;
  /** Whether anything runs that must not outlive the deadline. */
  readonly isGuarding: boolean;
}

/**
 * Watches the lease's deadline from a thread of its own, because a blocked main loop notices
 * nothing: at the deadline it raises a flag that effects can look at, and when the main loop has
 * not reacted in time it ends the process.
 */
export class LeaseWatchdog {
  private readonly shared = new SharedArrayBuffer(SHARED_BYTES);
  private readonly longs = new BigInt64Array(this.shared, 0, 3);
  private readonly ints = new Int32Array(this.shared);
  private readonly thread: Worker;

  constructor(killWhenBlocked: boolean) {
    this.thread = new Worker(WATCHDOG_PROGRAM, {
      eval: true,
      name: 'weir-lease-watchdog',
      workerData: { shared: this.shared, killWhenBlocked },
    });
    this.thread.unref();
  }

  /** True from the guarded deadline on, until a new one is set. */
  get hasFired(): boolean {
    const deadline = Atomics.load(this.longs, DEADLINE);
    return deadline !== 0n && Atomics.load(this.longs, PASSED) === deadline;
  }

  /** Sets a new deadline; with none, or nothing to guard, this is the main loop's sign of life. */
  watch({ deadlineMs, reactionMs, isGuarding }: WatchedDeadline): void {
    const deadlineNs = deadlineMs !== undefined && isGuarding ? toHrtime(deadlineMs) : 0n;
    Atomics.store(this.longs, REACTION, BigInt(Math.round(reactionMs * NS_PER_MS)));
    Atomics.store(this.longs, DEADLINE, deadlineNs);
    Atomics.add(this.ints, COUNTER, 1);
    Atomics.notify(this.ints, COUNTER);
  }

  async close(): Promise<void> {
    await this.thread.terminate();
  }
}

/**
 * `process.hrtime` is the same clock in every thread; `performance.now()` counts from each thread's
 * start.
 */
function toHrtime(monotonicMs: number): bigint {
  const fromNowMs = monotonicMs - performance.now();
  return process.hrtime.bigint() + BigInt(Math.round(fromNowMs * NS_PER_MS));
}
