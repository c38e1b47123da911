import type { RunInterval } from './journal.reader';

/** Two instances (or two epochs) that ran one exclusive stream at the same time. */
export interface DoubleRun {
  readonly streamId: string;
  readonly first: RunInterval;
  readonly second: RunInterval;
  readonly overlapMs: number;
}

/** A time in which nobody ran a stream, between two owners. */
export interface RunGap {
  readonly streamId: string;
  readonly fromServerId: string;
  readonly toServerId: string | undefined;
  readonly startedNs: bigint;
  readonly gapMs: number;
}

/** Every moment at which an exclusive stream ran twice. Empty is the promise. */
export function findDoubleRuns(intervals: readonly RunInterval[]): DoubleRun[] {
  const doubles: DoubleRun[] = [];
  for (const runs of byStream(intervals.filter((interval) => interval.exclusive)).values()) {
    let latest: RunInterval | undefined;
    for (const run of runs) {
      if (latest && (latest.endedNs === undefined || latest.endedNs > run.startedNs)) {
        doubles.push(toDouble(latest, run));
      }
      if (!latest || isLater(run, latest)) latest = run;
    }
  }
  return doubles;
}

/**
 * The gaps between the end of one run of a stream and the beginning of the next.
 * @param untilNs a stream that nobody runs at this time has a gap that goes on until then.
 */
export function findGaps(intervals: readonly RunInterval[], untilNs: bigint): RunGap[] {
  const gaps: RunGap[] = [];
  for (const runs of byStream(intervals).values()) {
    let coveredUntil: RunInterval | undefined;
    for (const run of runs) {
      if (coveredUntil?.endedNs !== undefined && coveredUntil.endedNs < run.startedNs) {
        gaps.push(toGap(coveredUntil, run.startedNs, run.serverId));
      }
      if (!coveredUntil || isLater(run, coveredUntil)) coveredUntil = run;
    }
    if (coveredUntil?.endedNs !== undefined && coveredUntil.endedNs < untilNs) {
      gaps.push(toGap(coveredUntil, untilNs, undefined));
    }
  }
  return gaps;
}

/** The value below which `share` (0..1) of the values lie, the nearest-rank way; 0 for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function byStream(intervals: readonly RunInterval[]): Map<string, RunInterval[]> {
  const streams = new Map<string, RunInterval[]>();
  const sorted = [...intervals].sort((a, b) => (a.startedNs < b.startedNs ? -1 : 1));
  for (const interval of sorted) {
    const runs = streams.get(interval.streamId);
    if (runs) runs.push(interval);
    else streams.set(interval.streamId, [interval]);
  }
  return streams;
}

function isLater(run: RunInterval, than: RunInterval): boolean {
  if (than.endedNs === undefined) return false;
  return run.endedNs === undefined || run.endedNs > than.endedNs;
}

function toDouble(first: RunInterval, second: RunInterval): DoubleRun {
  const ends = [first.endedNs, second.endedNs].filter((end) => end !== undefined);
  const end = ends.reduce(
    (least, value) => (value < least ? value : least),
    ends[0] ?? second.startedNs,
  );
  return { streamId: second.streamId, first, second, overlapMs: toMs(end - second.startedNs) };
}

function toGap(run: RunInterval, untilNs: bigint, toServerId: string | undefined): RunGap {
  const startedNs = run.endedNs as bigint;
  return {
    streamId: run.streamId,
    fromServerId: run.serverId,
    toServerId,
    startedNs,
    gapMs: toMs(untilNs - startedNs),
  };
}

function toMs(ns: bigint): number {
  return Number(ns) / 1e6;
}
