import { existsSync, readFileSync } from 'node:fs';

/**
 * One stretch of time in which one instance ran one stream. ns of the machine's monotonic clock.
 */
export interface RunInterval {
  readonly serverId: string;
  readonly streamId: string;
  readonly epoch: number;
  readonly exclusive: boolean;
  readonly startedNs: bigint;
  /** When its handler had it under way; undefined when it never said so. */
  readonly underWayNs?: bigint;
  /** When its last effect was over; undefined while it goes on. */
  readonly endedNs: bigint | undefined;
}

interface JournalLine {
  readonly at: string;
  readonly kind: string;
  readonly streamId?: string;
  readonly epoch?: number;
  readonly exclusive?: boolean;
}

/** What is known of an instance besides its journal: when its processes were killed. */
export interface JournalSource {
  readonly serverId: string;
  readonly path: string;
  /** Times at which a process of it was killed: what it ran ended then, without an entry. */
  readonly killedNs: readonly bigint[];
}

/**
 * Reads what an instance says it ran.
 * @throws Error for a line that is not an entry, except a last one that the kill cut off.
 */
export function readIntervals(source: JournalSource): RunInterval[] {
  if (!existsSync(source.path)) return [];
  const lines = readFileSync(source.path, 'utf8').split('\n').filter(Boolean);
  const entries = lines.map((line, index) => parseLine(line, index === lines.length - 1));
  return toIntervals(
    source,
    entries.filter((entry) => entry !== undefined),
  );
}

function parseLine(line: string, isLast: boolean): JournalLine | undefined {
  try {
    return JSON.parse(line) as JournalLine;
  } catch (error) {
    if (isLast) return undefined;
    throw error;
  }
}

function toIntervals(source: JournalSource, entries: readonly JournalLine[]): RunInterval[] {
  const intervals: RunInterval[] = [];
  const open = new Map<string, RunInterval>();
  const kills = [...source.killedNs].sort((a, b) => (a < b ? -1 : 1));
  const close = (key: string, endedNs: bigint): void => {
    const interval = open.get(key);
    if (!interval) return;
    open.delete(key);
    intervals.push({ ...interval, endedNs });
  };
  for (const entry of entries) {
    const at = BigInt(entry.at);
    while (kills[0] !== undefined && kills[0] < at) {
      const killedNs = kills.shift() as bigint;
      for (const key of [...open.keys()]) close(key, killedNs);
    }
    if (entry.kind === 'assignmentStarted') setUnderWay(open, entry.streamId, at);
    if (entry.streamId === undefined || entry.epoch === undefined) continue;
    const key = `${entry.streamId}:${entry.epoch}`;
    if (entry.kind === 'started') {
      open.set(key, {
        serverId: source.serverId,
        streamId: entry.streamId,
        epoch: entry.epoch,
        exclusive: entry.exclusive ?? true,
        startedNs: at,
        endedNs: undefined,
      });
    } else if (entry.kind === 'stopped') close(key, at);
  }
  const lastKill = kills.at(-1);
  if (lastKill !== undefined) for (const key of [...open.keys()]) close(key, lastKill);
  return [...intervals, ...open.values()];
}

/** The notice names no epoch; an instance runs one epoch of a stream at a time. */
function setUnderWay(
  open: Map<string, RunInterval>,
  streamId: string | undefined,
  underWayNs: bigint,
): void {
  for (const [key, interval] of open) {
    const isMeant = interval.streamId === streamId && interval.underWayNs === undefined;
    if (isMeant) open.set(key, { ...interval, underWayNs });
  }
}
