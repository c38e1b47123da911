import { EventEmitter } from 'node:events';
import type { ScheduledEvent } from './event.heap';
import type { SimulatedProcess } from './simulated.process';
import type { VirtualMachine } from './virtual.machine';

const NS_PER_MS = 1e6;
const DEADLINE = 0;
const REACTION = 1;
const PASSED = 2;
const COUNTER = 6;

interface ThreadOptions {
  readonly workerData?: { readonly shared: SharedArrayBuffer; readonly killWhenBlocked: boolean };
}

/** Threads by the memory that they share, so that a notification wakes the right one. */
const threads = new WeakMap<object, { wake(): void }>();

/** `Atomics.notify`: wakes the thread that waits on this memory. */
export function notifyThread(array: { readonly buffer: object }): number {
  threads.get(array.buffer)?.wake();
  return 1;
}

/**
 * The lease watchdog's thread in virtual time: what its program does, as a state machine, because
 * a program that waits in a loop cannot run in one thread with everything else. It goes on while
 * the main thread is blocked, and stops when the process is stopped.
 */
export function virtualThread(
  machine: VirtualMachine,
  kill: (process: SimulatedProcess) => void,
): unknown {
  return class VirtualThread extends EventEmitter {
    private readonly longs: BigInt64Array;
    private readonly ints: Int32Array;
    private readonly process: SimulatedProcess;
    private readonly killWhenBlocked: boolean;
    private event: ScheduledEvent | undefined;
    private overdue: { readonly counter: number; readonly until: number } | undefined;

    constructor(_program: string, { workerData }: ThreadOptions) {
      super();
      if (!machine.current || !workerData) throw new Error('no thread that the simulator knows');
      this.process = machine.current;
      this.longs = new BigInt64Array(workerData.shared, 0, 3);
      this.ints = new Int32Array(workerData.shared);
      this.killWhenBlocked = workerData.killWhenBlocked;
      threads.set(workerData.shared, this);
    }

    unref(): this {
      return this;
    }

    terminate(): Promise<number> {
      if (this.event) this.event.isCancelled = true;
      return Promise.resolve(0);
    }

    wake(): void {
      if (this.event) this.event.isCancelled = true;
      this.lookIn(0);
    }

    private lookIn(inMs: number): void {
      const { process } = this;
      this.event = machine.schedule({ inMs, process, isThread: true }, () => this.look());
    }

    private look(): void {
      const deadline = Atomics.load(this.longs, DEADLINE);
      const nowMs = this.process.monotonic(machine.now);
      const leftMs = Number(deadline) / NS_PER_MS - nowMs;
      if (deadline === 0n) return;
      if (leftMs > 0) return this.lookIn(leftMs / this.process.rate);
      Atomics.store(this.longs, PASSED, deadline);
      this.watchReaction(nowMs);
    }

    /** The main thread shows with a new deadline that it has noticed; else the process ends. */
    private watchReaction(nowMs: number): void {
      const counter = Atomics.load(this.ints, COUNTER);
      const reactionMs = Number(Atomics.load(this.longs, REACTION)) / NS_PER_MS;
      if (this.overdue?.counter !== counter) {
        this.overdue = { counter, until: nowMs + reactionMs };
        this.lookIn(reactionMs / this.process.rate);
      } else if (this.killWhenBlocked) kill(this.process);
    }
  };
}
