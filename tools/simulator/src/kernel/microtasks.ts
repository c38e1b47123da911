import { setFlagsFromString } from 'node:v8';

/**
 * Runs every promise reaction that is due, at once. JavaScript has no way to ask for that, the
 * engine has one for its own tests; without it each event would cost a turn of the event loop.
 */
export const drainMicrotasks: () => void = createDrain();

function createDrain(): () => void {
  setFlagsFromString('--allow-natives-syntax');
  try {
    return new Function('%PerformMicrotaskCheckpoint()') as () => void;
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
}
