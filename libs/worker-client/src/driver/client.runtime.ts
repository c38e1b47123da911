import { LeaseWatchdog } from './lease.watchdog';
import type { WatchedDeadline } from './lease.watchdog';

/** What the driver needs of a watchdog over the lease's deadline. */
export interface DeadlineWatch {
  readonly hasFired: boolean;
  watch(deadline: WatchedDeadline): void;
  close(): Promise<void>;
}

/**
 * Everything that the driver needs of its surroundings: clocks, chance, timers, the network, and
 * the process. A simulation gives its own, so that the same code runs under virtual time.
 */
export interface ClientRuntime {
  /** The monotonic clock, in ms. */
  nowMs(): number;
  /** The wall clock, in ms; only ever compared with the monotonic one. */
  wallMs(): number;
  /** The monotonic clock of the whole machine, in ns; for journals. */
  machineNs(): bigint;
  /** 0 (inclusive) to 1. */
  random(): number;
  /** Calls `work` once after `delayMs`; returns what calls it off. */
  after(delayMs: number, work: () => void): () => void;
  fetch(url: string, init: RequestInit): Promise<Response>;
  createWatchdog(killWhenBlocked: boolean): DeadlineWatch;
  /** Ends the own process at once, leaving nothing behind that could still have effects. */
  die(): void;
}

/** A program's ordinary surroundings. */
export const nodeRuntime: ClientRuntime = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  machineNs: () => process.hrtime.bigint(),
  random: () => Math.random(),
  after: (delayMs, work) => {
    const timer = setTimeout(work, delayMs);
    return () => clearTimeout(timer);
  },
  fetch: (url, init) => fetch(url, init),
  createWatchdog: (killWhenBlocked) => new LeaseWatchdog(killWhenBlocked),
  die: () => process.kill(process.pid, 'SIGKILL'),
};

/** Resolves after that long, or when the signal is aborted. */
export function waitFor(
  runtime: Pick<ClientRuntime, 'after'>,
  durationMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = () => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = runtime.after(durationMs, finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}
