import type { RunInterval } from '@weir/testing';

/** What is known of an instance that was killed. Times in ms of the machine's monotonic clock. */
export interface Loss {
  readonly serverId: string;
  readonly killedNs: bigint;
  /** When its lease ended by the database's clock. */
  readonly leaseEndsMs: number;
  /** When the takeover found the lease over and fenced it. */
  readonly fencedMs: number;
  /** When the takeover was heard to be committed. */
  readonly takenOverMs: number;
}

/**
 * One stream that was lost and found a new owner. In ms; the first five follow one another without
 * a gap and sum up to `totalMs`.
 */
export interface FailoverStages {
  /** From the kill until the lease was over: nobody may act before that. */
  readonly leaseLeftMs: number;
  /** Until both proofs were there and the incarnation was fenced. */
  readonly detectionMs: number;
  /** Until that was committed. */
  readonly takeoverMs: number;
  /** Until the grant to the new owner was committed: waking, reading, planning, writing. */
  readonly placementMs: number;
  /** Until the new owner was told to start it. */
  readonly deliveryMs: number;
  /** From the kill until the new owner was told to start it. */
  readonly totalMs: number;
  /** What the handler then took until it was under way. Not part of the total. */
  readonly startMs: number | undefined;
}

export interface Failover extends FailoverStages {
  readonly streamId: string;
  readonly toServerId: string;
  readonly startedNs: bigint;
}

/** When the grant of a stream to an instance was heard to be committed, in ms, if that is known. */
export type GrantTimes = (streamId: string, serverId: string) => number | undefined;

/** What became of the streams of a killed instance. */
export interface LossOutcome {
  readonly failovers: readonly Failover[];
  /** Streams that nobody has run since, or whose grant was not heard of. */
  readonly unknown: readonly string[];
}

/** Follows each stream that ran on the killed instance to its next owner. */
export function followLoss(
  loss: Loss,
  intervals: readonly RunInterval[],
  grantedMs: GrantTimes,
): LossOutcome {
  const failovers: Failover[] = [];
  const unknown: string[] = [];
  const isCut = (run: RunInterval): boolean =>
    run.serverId === loss.serverId && run.endedNs === loss.killedNs;
  const lost = new Set(intervals.filter(isCut).map(({ streamId }) => streamId));
  const next = findNextRuns(loss, intervals, lost);
  for (const streamId of lost) {
    const run = next.get(streamId);
    const granted = run && grantedMs(streamId, run.serverId);
    if (granted === undefined) unknown.push(streamId);
    else failovers.push(toFailover(loss, run as RunInterval, granted));
  }
  return { failovers, unknown };
}

function findNextRuns(
  { killedNs }: Loss,
  intervals: readonly RunInterval[],
  lost: ReadonlySet<string>,
): Map<string, RunInterval> {
  const next = new Map<string, RunInterval>();
  for (const run of intervals) {
    if (run.startedNs <= killedNs || !lost.has(run.streamId)) continue;
    const known = next.get(run.streamId);
    if (known === undefined || run.startedNs < known.startedNs) next.set(run.streamId, run);
  }
  return next;
}

function toFailover(loss: Loss, run: RunInterval, grantedMs: number): Failover {
  const killedMs = toMs(loss.killedNs);
  const startedMs = toMs(run.startedNs);
  return {
    streamId: run.streamId,
    toServerId: run.serverId,
    startedNs: run.startedNs,
    leaseLeftMs: loss.leaseEndsMs - killedMs,
    detectionMs: loss.fencedMs - loss.leaseEndsMs,
    takeoverMs: loss.takenOverMs - loss.fencedMs,
    placementMs: grantedMs - loss.takenOverMs,
    deliveryMs: startedMs - grantedMs,
    totalMs: startedMs - killedMs,
    startMs: run.underWayNs === undefined ? undefined : toMs(run.underWayNs - run.startedNs),
  };
}

/** ns of the monotonic clock as ms; exact to a microsecond for a hundred days of uptime. */
export function toMs(ns: bigint): number {
  return Number(ns) / 1e6;
}
