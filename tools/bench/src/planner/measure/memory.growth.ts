import { readFileSync, writeFileSync } from 'node:fs';
import { collectGarbage } from './timed.runs';

/**
 * By how much the resident memory of this process grew at its peak while `run` ran, in MB (10^6
 * bytes), over what it was right before, garbage collected. On Linux the kernel's own high-water
 * mark is reset before; elsewhere the peak since the process began is taken, which is never less.
 */
export function measureGrowthMb(run: () => void): number {
  // Twice: what the first one frees is given back to the system while the second one runs.
  collectGarbage();
  collectGarbage();
  const canReset = resetPeak();
  const beforeMb = canReset ? statusMb('VmRSS') : process.memoryUsage.rss() / 1e6;
  run();
  const peakMb = canReset ? statusMb('VmHWM') : (process.resourceUsage().maxRSS * 1024) / 1e6;
  return peakMb - beforeMb;
}

/** @returns false where there is no such file. */
function resetPeak(): boolean {
  try {
    // 5 is what proc(5) gives for "reset the peak resident set size".
    writeFileSync('/proc/self/clear_refs', '5');
    return true;
  } catch {
    return false;
  }
}

function statusMb(field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  const kib = new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1];
  return (Number(kib) * 1024) / 1e6;
}
