import type { FleetSnapshot, Plan } from '@weir/planner';

/** Balance of an assignment, counted from nothing and without the planner's own scores. */
export interface BalanceFigures {
  /** Utilisation of the hottest instance in its hottest dimension. Ratio. */
  readonly peak: number;
  /** Utilisation of the hottest dimension if the load were even. Ratio. */
  readonly mean: number;
}

/** Of a fleet of ready instances once the plan is carried out. */
export function balanceAfter(snapshot: FleetSnapshot, done: Plan): BalanceFigures {
  const owners = new Map(snapshot.streams.map((view) => [view.streamId, view.owner]));
  for (const step of [...done.placements, ...done.moves]) owners.set(step.streamId, step.to);
  const used = new Map<string, Map<string, number>>();
  for (const view of snapshot.streams) {
    const owner = owners.get(view.streamId);
    if (owner !== undefined) addLoad(used, owner, view.load);
  }
  const dimensions = ['weight', ...resourcesOf(snapshot)];
  const figures = dimensions.map((dimension) => figuresOf(snapshot, used, dimension));
  return {
    peak: Math.max(...figures.map(({ peak }) => peak)),
    mean: Math.max(...figures.map(({ mean }) => mean)),
  };
}

function resourcesOf(snapshot: FleetSnapshot): string[] {
  const names = new Set(snapshot.instances.flatMap((view) => Object.keys(view.capacity)));
  names.delete('streams');
  return [...names];
}

function addLoad(
  used: Map<string, Map<string, number>>,
  owner: string,
  load: Readonly<Record<string, number>>,
): void {
  const sums = used.get(owner) ?? new Map<string, number>();
  used.set(owner, sums);
  for (const name in load) sums.set(name, (sums.get(name) ?? 0) + (load[name] ?? 0));
}

/** Weight is measured against the slots, every resource against the capacity of its name. */
function figuresOf(
  snapshot: FleetSnapshot,
  used: ReadonlyMap<string, ReadonlyMap<string, number>>,
  dimension: string,
): BalanceFigures {
  let total = 0;
  let room = 0;
  let peak = 0;
  for (const { serverId, capacity } of snapshot.instances) {
    const limit = capacity[dimension === 'weight' ? 'streams' : dimension] ?? 0;
    const load = used.get(serverId)?.get(dimension) ?? 0;
    total += load;
    room += limit;
    peak = Math.max(peak, load / limit);
  }
  return { peak, mean: total / room };
}
