import type { JournalLine } from '../instance/journal.line';

/** A stretch of time in which a process had a lease, by its own reckoning. ns, monotonic clock. */
export interface LeaseWindow {
  readonly fromNs: bigint;
  readonly untilNs: bigint;
}

/** Notices after which an instance must not rely on its lease any more. */
const ENDINGS = new Set(['leaseLost', 'fenced']);

/**
 * The windows in which a process could act, from its journal: each `lease` line says until when; a
 * lost lease and a fenced incarnation end that at once.
 */
export function findLeaseWindows(lines: readonly JournalLine[]): LeaseWindow[] {
  const windows: LeaseWindow[] = [];
  let open: LeaseWindow | undefined;
  const close = (atNs: bigint): void => {
    if (!open) return;
    windows.push({ ...open, untilNs: least(open.untilNs, atNs) });
    open = undefined;
  };
  for (const { at, kind, untilNs } of lines) {
    const atNs = BigInt(at);
    if (ENDINGS.has(kind)) close(atNs);
    if (kind !== 'lease' || untilNs === undefined) continue;
    if (open && open.untilNs < atNs) close(open.untilNs);
    open = open ? { ...open, untilNs: greatest(open.untilNs, BigInt(untilNs)) } : undefined;
    open ??= { fromNs: atNs, untilNs: BigInt(untilNs) };
  }
  if (open) windows.push(open);
  return windows;
}

/** The same, longer by what a stream may go on past the lease; those that then touch are one. */
export function withAutonomy(windows: readonly LeaseWindow[], autonomyMs: number): LeaseWindow[] {
  const moreNs = BigInt(autonomyMs) * 1_000_000n;
  const longer: LeaseWindow[] = [];
  for (const window of windows) {
    const untilNs = window.untilNs + moreNs;
    const before = longer.at(-1);
    if (!before || before.untilNs < window.fromNs) longer.push({ ...window, untilNs });
    else longer[longer.length - 1] = { ...before, untilNs: greatest(before.untilNs, untilNs) };
  }
  return longer;
}

/** What of a stretch of time lies in the windows. */
export function intersect(stretch: LeaseWindow, windows: readonly LeaseWindow[]): LeaseWindow[] {
  return windows
    .map((window) => ({
      fromNs: greatest(window.fromNs, stretch.fromNs),
      untilNs: least(window.untilNs, stretch.untilNs),
    }))
    .filter(({ fromNs, untilNs }) => fromNs < untilNs);
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function greatest(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
