import type { EarlierCounts } from '../health/health.readings';
import type { ProbeReading } from '../probes/probe.reading';
import type { QueueFigures } from '../probes/queues.probe';
import { ramp } from './penalty';
import type { Penalty } from './penalty';

/** Nobody may listen for a moment while a service restarts. In ms. */
const UNHEARD_AFTER_MS = 10_000;

/**
 * | measure, per queue | free up to | full share from | share |
 * |---|---|---|---|
 * | age of the oldest waiting job | 15 s | 5 min | 0.4 |
 * | jobs wait and no processor listens | | | 0.3 |
 * | a job failed since the look before | none | one | 0.05 |
 *
 * Depth alone costs nothing: a long queue that is worked off is fine.
 */
export function queuePenalties(
  queues: ProbeReading<readonly QueueFigures[]>,
  earlier: EarlierCounts | undefined,
): Penalty[] {
  if (queues.kind === 'failed') return [];
  return queues.figures.flatMap((figures) => penaltiesOf(figures, earlier));
}

function penaltiesOf(figures: QueueFigures, earlier: EarlierCounts | undefined): Penalty[] {
  const { queue, waiting, failed, consumers } = figures;
  const oldestMs = figures.oldestWaitingAgeMs ?? 0;
  const isUnheard = waiting > 0 && consumers === 0 && oldestMs > UNHEARD_AFTER_MS;
  const failedSince = failed - (earlier?.failedJobs[queue] ?? failed);
  return [
    {
      share: 0.4 * ramp(oldestMs, 15_000, 300_000),
      severity: 'WARNING',
      message:
        `queue ${queue}: a job waits for ${Math.round(oldestMs / 1_000)} s (${waiting} ` +
        'waiting)',
    },
    {
      share: isUnheard ? 0.3 : 0,
      severity: 'ERROR',
      message: `queue ${queue}: ${waiting} jobs wait and no processor listens: start its service`,
    },
    {
      share: failedSince > 0 ? 0.05 : 0,
      severity: 'WARNING',
      message:
        `queue ${queue}: ${failedSince} jobs failed since the last look: see the log of its ` +
        'service',
    },
  ];
}
