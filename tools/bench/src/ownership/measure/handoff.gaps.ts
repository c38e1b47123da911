import type { RunInterval } from '@weir/testing';

/** One stream going from one instance to the next. Times in ms; below 0 both ran it at once. */
export interface HandoffGap {
  readonly streamId: string;
  readonly fromServerId: string;
  readonly toServerId: string;
  readonly exclusive: boolean;
  /** When the first of the two ends of the gap was: ns of the machine's monotonic clock. */
  readonly atNs: bigint;
  /** From the last effect of the old owner until the new one was told to start. */
  readonly ownerGapMs: number;
  /** The same until the new owner's handler had it under way; undefined when it never had. */
  readonly serviceGapMs: number | undefined;
}

/**
 * Every change from one instance to another, from the journals. A run that has not ended yet has no
 * gap after it, and a stream granted again to its own instance is not handed over.
 */
export function findHandoffGaps(intervals: readonly RunInterval[]): HandoffGap[] {
  const sorted = [...intervals].sort((a, b) => (a.startedNs < b.startedNs ? -1 : 1));
  const previous = new Map<string, RunInterval>();
  const gaps: HandoffGap[] = [];
  for (const run of sorted) {
    const before = previous.get(run.streamId);
    previous.set(run.streamId, run);
    if (before?.endedNs === undefined || before.serverId === run.serverId) continue;
    gaps.push(toGap(before, before.endedNs, run));
  }
  return gaps;
}

function toGap(before: RunInterval, endedNs: bigint, run: RunInterval): HandoffGap {
  return {
    streamId: run.streamId,
    fromServerId: before.serverId,
    toServerId: run.serverId,
    exclusive: run.exclusive,
    atNs: endedNs < run.startedNs ? endedNs : run.startedNs,
    ownerGapMs: toMs(run.startedNs - endedNs),
    serviceGapMs: run.underWayNs === undefined ? undefined : toMs(run.underWayNs - endedNs),
  };
}

function toMs(ns: bigint): number {
  return Number(ns) / 1e6;
}
