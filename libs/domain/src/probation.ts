import type { FleetSettings } from './fleet';
import { spreadOf } from './stream-failure';

export type ProbationSettings = Pick<FleetSettings, 'isolateRecentMs' | 'leaseTtlMs'>;

/** A stream that is isolated and may be innocent. */
export interface IsolatedSuspect {
  readonly streamId: string;
  /** How many losses speak against it. */
  readonly losses: number;
  /** Its instance died with another one on probation: it is to be tried alone. */
  readonly isRecalled: boolean;
}

/** A stream that is tried again. */
export interface ProbationerState {
  readonly streamId: string;
  readonly isRecalled: boolean;
  /** How long it is known to have run without harm, in ms; 0 while it does not run. */
  readonly provenMs: number;
  /** The longest that an instance lived after it got the stream, in ms. */
  readonly worstAfterMs: number;
}

export interface ProbationPicture {
  readonly suspects: readonly IsolatedSuspect[];
  readonly onProbation: readonly ProbationerState[];
  /** Instances that are there. */
  readonly instances: number;
}

export interface ProbationDecision {
  /** Innocent: their instances lived. */
  readonly release: readonly string[];
  /** To be placed again, one after the other. */
  readonly start: readonly string[];
}

/** A small part of a fleet at a time: should all of them kill, most of the fleet lives. */
const INSTANCES_PER_PROBATION = 4;
const PROBATIONS_MAX = 10;
/** One that kills has done so within this many times what it took before. */
const AFTER_FACTOR = 3;

/**
 * Who is innocent, and who is tried next. One at a time in a small fleet, some side by side in a
 * large one; those that were tried together when an instance died come last, each alone.
 */
export function decideProbation(
  picture: ProbationPicture,
  settings: ProbationSettings,
): ProbationDecision {
  const { onProbation } = picture;
  const release = onProbation.filter(
    ({ provenMs, worstAfterMs }) => provenMs >= computeProbationMs(worstAfterMs, settings),
  );
  const left = onProbation.length - release.length;
  const isAlone = onProbation.some((one) => one.isRecalled && !release.includes(one));
  if (isAlone) return { release: release.map(({ streamId }) => streamId), start: [] };
  return { release: release.map(({ streamId }) => streamId), start: findNext(picture, left) };
}

function findNext({ suspects, instances }: ProbationPicture, onProbation: number): string[] {
  const ordered = suspects.toSorted(compareTurns);
  const inGroups = ordered.filter(({ isRecalled }) => !isRecalled);
  const places = Math.min(PROBATIONS_MAX, Math.floor(instances / INSTANCES_PER_PROBATION));
  const room = Math.max(0, Math.max(1, places) - onProbation);
  if (inGroups.length > 0) return inGroups.slice(0, room).map(({ streamId }) => streamId);
  return onProbation === 0 ? ordered.slice(0, 1).map(({ streamId }) => streamId) : [];
}

/** How long a stream has to run without harm, in ms. */
export function computeProbationMs(worstAfterMs: number, settings: ProbationSettings): number {
  return Math.min(settings.isolateRecentMs, settings.leaseTtlMs + AFTER_FACTOR * worstAfterMs);
}

function compareTurns(a: IsolatedSuspect, b: IsolatedSuspect): number {
  if (a.isRecalled !== b.isRecalled) return a.isRecalled ? 1 : -1;
  if (a.losses !== b.losses) return a.losses - b.losses;
  return spreadOf(a.streamId, 0) - spreadOf(b.streamId, 0);
}
