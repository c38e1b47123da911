import type { CheckWork, FleetRecord } from '@weir/database';

/** Why fleets are looked at: our own timer, the schedule's job, or a job for a requested run. */
export type LookReason = 'cadence' | 'schedule' | 'request';

/**
 * Scheduled runs of a fleet are at least this share of the interval apart, whoever began them: the
 * job may come twice, or just after the cadence stood in for it.
 */
const APART_SHARE = 0.5;
/** The cadence stands in for jobs that do not come once a run is this many intervals late. */
const OVERDUE_INTERVALS = 2;

export interface DueFleet {
  readonly fleet: FleetRecord;
  readonly isScheduledDue: boolean;
}

/** True when a scheduled run of the fleet is due. */
export function isScheduledDue(
  work: Pick<CheckWork, 'sinceScheduledMs'>,
  reason: LookReason,
  intervalMs: number,
): boolean {
  if (reason === 'request') return false;
  const intervals = reason === 'schedule' ? APART_SHARE : OVERDUE_INTERVALS;
  return (work.sinceScheduledMs ?? Number.POSITIVE_INFINITY) >= intervals * intervalMs;
}

/** The fleets in which there is something to verify now. Pure. */
export function findDueFleets(
  fleets: readonly FleetRecord[],
  work: readonly CheckWork[],
  reason: LookReason,
  intervalMs: number,
): DueFleet[] {
  const byId = new Map(work.map((entry) => [entry.fleetId, entry]));
  return fleets.flatMap((fleet) => {
    const entry = byId.get(fleet.fleetId);
    if (entry === undefined) return [];
    const isDue = isScheduledDue(entry, reason, intervalMs);
    return isDue || entry.isRequested ? [{ fleet, isScheduledDue: isDue }] : [];
  });
}
