import type { RunInterval } from '@weir/testing';
import type { JournalLine } from '../instance/journal.line';
import type { ProcessJournal } from '../plant/instance.member';
import { findLeaseWindows, intersect, withAutonomy } from './lease.windows';
import type { LeaseWindow } from './lease.windows';

/** One stretch in which a process ran one epoch of one stream, whatever its lease said. */
interface RawRun {
  readonly streamId: string;
  readonly epoch: number;
  readonly exclusive: boolean;
  readonly fromNs: bigint;
  readonly untilNs: bigint;
  readonly autonomyMs: number;
}

/**
 * The stretches in which a process could act on a stream: it ran it, and its lease was good, by its
 * own journal. A paused process keeps its entry open, and has no authority once its lease is over.
 * @param nowNs what goes on is taken to go on until then.
 */
export function authorityOf(journal: ProcessJournal, nowNs: bigint): RunInterval[] {
  const windows = findLeaseWindows(journal.lines);
  return findRuns(journal, nowNs).flatMap((run) =>
    intersect(run, windowsFor(run, windows)).map(({ fromNs, untilNs }) => ({
      serverId: journal.writer,
      streamId: run.streamId,
      epoch: run.epoch,
      exclusive: run.exclusive,
      startedNs: fromNs,
      endedNs: untilNs,
    })),
  );
}

/** Streams that are not exclusive run on without a lease. */
function windowsFor(run: RawRun, windows: readonly LeaseWindow[]): LeaseWindow[] {
  return run.exclusive ? withAutonomy(windows, run.autonomyMs) : [run];
}

function findRuns({ lines, endedNs }: ProcessJournal, nowNs: bigint): RawRun[] {
  const lastNs = endedNs ?? nowNs;
  const open = new Map<string, RawRun>();
  const runs: RawRun[] = [];
  for (const line of lines) {
    const key = `${line.streamId}:${line.epoch}`;
    const known = open.get(key);
    if (line.kind === 'started') open.set(key, toRun(line, lastNs));
    if (line.kind === 'begun' && known) {
      open.set(key, { ...known, autonomyMs: line.autonomyMs ?? 0 });
    }
    if (line.kind === 'stopped' && known) {
      open.delete(key);
      runs.push({ ...known, untilNs: BigInt(line.at) });
    }
  }
  return [...runs, ...open.values()];
}

function toRun(
  { at, streamId = '', epoch = 0, exclusive = true }: JournalLine,
  lastNs: bigint,
): RawRun {
  return { streamId, epoch, exclusive, fromNs: BigInt(at), untilNs: lastNs, autonomyMs: 0 };
}
