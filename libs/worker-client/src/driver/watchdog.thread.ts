/**
 * The program of the watchdog's thread, as text: it runs in a thread of its own and must load the
 * same way from sources, from compiled output and from a bundle.
 *
 * Shared memory: longs[0] deadline (hrtime ns; 0: nothing to guard), longs[1] time to react (ns),
 * longs[2] the last deadline that has passed; ints[6] counter, changed with every new deadline.
 *
 * The time to react counts from when this thread saw the deadline pass, not from the deadline:
 * after a pause of the whole process both threads are late, and the main loop deserves its chance.
 */
export const WATCHDOG_PROGRAM = `
const { workerData } = require('node:worker_threads');
const { shared, killWhenBlocked } = workerData;
const longs = new BigInt64Array(shared, 0, 3);
const ints = new Int32Array(shared);
const NOTHING = 0n;
const msUntil = (ns) => Number(ns - process.hrtime.bigint()) / 1e6;
for (;;) {
  const seen = Atomics.load(ints, 6);
  const deadline = Atomics.load(longs, 0);
  if (deadline === NOTHING) {
    Atomics.wait(ints, 6, seen);
    continue;
  }
  const leftMs = msUntil(deadline);
  if (leftMs > 0) {
    Atomics.wait(ints, 6, seen, leftMs);
    continue;
  }
  Atomics.store(longs, 2, deadline);
  const graceMs = Number(Atomics.load(longs, 1)) / 1e6;
  const outcome = Atomics.wait(ints, 6, seen, graceMs);
  if (outcome !== 'timed-out') continue;
  if (killWhenBlocked) process.kill(process.pid, 'SIGKILL');
  Atomics.wait(ints, 6, seen);
}
`;
