import type { FleetFigures } from '@weir/database';
import { computeLoadFactor } from '@weir/domain';
import { scoreByWorst } from './penalty';
import type { Penalty, Score } from './penalty';

/** Below this mean load a surplus is measured against this instead: nearly empty is not uneven. */
const MEAN_MIN = 0.05;

/**
 * How evenly streams are spread, 0..1, by the worst fleet.
 *
 * Per fleet, over its ready instances: load factor = streams held / streams allowed; mean = all
 * held / all allowed; surplus = hottest load factor - mean - what is allowed. Allowed is the
 * largest of the fleet's own bands (`balanceRelativeBand` of the mean, `balanceAbsoluteBand`) and
 * one stream of the hottest instance, which cannot be split. The fleet loses `surplus / mean`:
 * nothing within the bands, everything when the hottest carries twice its fair share.
 */
export function computeLoadBalance(fleets: readonly FleetFigures[]): Score {
  return scoreByWorst('loadBalance', fleets.flatMap(penaltyOf));
}

function penaltyOf(figures: FleetFigures): Penalty[] {
  const { settings, fleet } = figures;
  if (!settings.balanceEnabled || settings.frozen) return [];
  const ready = figures.present.filter(
    ({ status, maxStreams }) => status === 'ready' && maxStreams > 0,
  );
  if (ready.length < 2) return [];
  const held = ready.reduce((sum, instance) => sum + instance.heldStreams, 0);
  const allowed = ready.reduce((sum, instance) => sum + instance.maxStreams, 0);
  const mean = held / allowed;
  const hottest = ready.reduce((a, b) => (factorOf(b) > factorOf(a) ? b : a));
  const band = Math.max(
    settings.balanceRelativeBand * mean,
    settings.balanceAbsoluteBand,
    1 / hottest.maxStreams,
  );
  const share = (factorOf(hottest) - mean - band) / Math.max(mean, MEAN_MIN);
  if (share <= 0) return [];
  const message =
    `fleet ${fleet}: ${hottest.serverId} is ${percent(factorOf(hottest))} full, the mean is ` +
    `${percent(mean)}; if it lasts, see what keeps its streams from moving (labels, moves)`;
  return [{ share, severity: 'WARNING', message }];
}

function factorOf(instance: { heldStreams: number; maxStreams: number }): number {
  return computeLoadFactor(instance.heldStreams, instance.maxStreams);
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
