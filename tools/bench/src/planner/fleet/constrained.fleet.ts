import type { InstanceView } from '@weir/planner';
import { SeededRandom } from '../measure/seeded.random';
import { FleetLedger } from './fleet.ledger';
import { capacityFor, readyInstances } from './instance.rows';
import { drawWeights } from './weight.draw';

const ZONES = 3;
const GROUPS = 5;

/** What one instance has, in the units that the names tell. */
const CAPACITY = { cpuCores: 16, memoryMb: 65_536, bandwidthMbps: 1_000 };

/** Share of each resource of the fleet that its streams take together. */
const RESOURCE_UTILISATION = 0.7;

/** Each stream takes this much of the mean at least and at most. */
const RESOURCE_SPREAD = { low: 0.5, high: 1.5 };

/** Streams of a spread group: one per zone. */
const GROUP_SIZE = ZONES;

/** How large, and what else. */
export interface ConstrainedFleet {
  readonly streams: number;
  readonly instances: number;
  /** Share of the streams that are in spread groups of three. Ratio. */
  readonly spreadShare: number;
  readonly seed: number;
}

/**
 * Unequal weights (1 to 4), three zones, and three resources that are drawn independently of each
 * other. Each stream requires one of five labels, each instance has one.
 */
export function openConstrainedFleet(fleet: ConstrainedFleet): FleetLedger {
  const random = new SeededRandom(fleet.seed);
  const weights = drawWeights('uniform', fleet.streams, random);
  const perInstance = fleet.streams / fleet.instances;
  const requires = Array.from({ length: fleet.streams }, () => groupLabel(random.below(GROUPS)));
  const resources = Array.from({ length: fleet.streams }, () => drawResources(perInstance, random));
  const instances = readyInstances(fleet.instances, capacityFor(weights, fleet.instances));
  return new FleetLedger({
    instances: instances.map(constrain),
    weights,
    requires,
    resources,
    ...(fleet.spreadShare > 0 && { spreadGroups: spreadGroupsOf(fleet) }),
  });
}

function constrain(view: InstanceView, at: number): InstanceView {
  return {
    ...view,
    zone: `zone-${at % ZONES}`,
    labels: groupLabel(at % GROUPS),
    capacity: { ...view.capacity, ...CAPACITY },
  };
}

/** The first streams, three by three. */
function spreadGroupsOf({ streams, spreadShare }: ConstrainedFleet): (string | undefined)[] {
  const last = Math.floor((streams * spreadShare) / GROUP_SIZE) * GROUP_SIZE;
  return Array.from({ length: streams }, (_unused, at) =>
    at < last ? `spread-${Math.floor(at / GROUP_SIZE)}` : undefined,
  );
}

function groupLabel(group: number): Readonly<Record<string, string>> {
  return { group: `group-${group}` };
}

function drawResources(
  streamsPerInstance: number,
  random: SeededRandom,
): Readonly<Record<string, number>> {
  const draw = (capacity: number): number =>
    ((capacity * RESOURCE_UTILISATION) / streamsPerInstance) *
    random.between(RESOURCE_SPREAD.low, RESOURCE_SPREAD.high);
  return {
    cpuCores: draw(CAPACITY.cpuCores),
    memoryMb: draw(CAPACITY.memoryMb),
    bandwidthMbps: draw(CAPACITY.bandwidthMbps),
  };
}
