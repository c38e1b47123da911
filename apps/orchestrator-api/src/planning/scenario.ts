import type { InputProblem, Labels } from '@weir/domain';
import type { FleetSnapshot, InstanceView, StreamView } from '@weir/planner';
import type { PlanningSettings } from '@weir/planning';

/** An instance that does not exist; several alike when `count` says so. */
export interface AddedInstance {
  readonly serverId: string;
  readonly maxStreams: number;
  readonly capacity?: Readonly<Record<string, number>>;
  readonly zone?: string;
  readonly labels?: Labels;
  readonly count?: number;
}

/** A stream that does not exist; several alike when `count` says so. */
export interface AddedStream {
  /** `stream` when it is left out. */
  readonly name?: string;
  readonly weight?: number;
  readonly resources?: Readonly<Record<string, number>>;
  readonly priority?: number;
  readonly requires?: Labels;
  readonly avoid?: Labels;
  readonly spreadGroup?: string | null;
  readonly count?: number;
}

/** What is asked: the fleet as it is, with this changed. */
export interface PlanRequest {
  readonly scenario?: {
    readonly removeInstances?: readonly string[];
    readonly addInstances?: readonly AddedInstance[];
    readonly streams?: readonly AddedStream[];
  };
  readonly settings?: Partial<PlanningSettings>;
}

export interface AppliedScenario {
  readonly snapshot: FleetSnapshot;
  /** Of names, which only the fleet can tell; with any of them the snapshot is of no use. */
  readonly problems: readonly InputProblem[];
}

/** The snapshot with instances lost and added and streams added. */
export function applyScenario(
  snapshot: FleetSnapshot,
  { scenario = {} }: PlanRequest,
): AppliedScenario {
  const removed = scenario.removeInstances ?? [];
  const added = (scenario.addInstances ?? []).flatMap(toInstances);
  const known = new Set(snapshot.instances.map(({ serverId }) => serverId));
  const gone = new Set(removed);
  const instances = snapshot.instances.map((view) =>
    gone.has(view.serverId) ? { ...view, status: 'lost' as const } : view,
  );
  return {
    snapshot: {
      instances: [...instances, ...added.map(({ view }) => view)],
      streams: [...snapshot.streams, ...(scenario.streams ?? []).flatMap(toStreams)],
      moves: snapshot.moves ?? [],
    },
    problems: [...findUnknown(removed, known), ...findTaken(added, known)],
  };
}

function findUnknown(removed: readonly string[], known: ReadonlySet<string>): InputProblem[] {
  return removed.flatMap((serverId, at) => {
    const path = `scenario.removeInstances.${at}`;
    return known.has(serverId) ? [] : [{ path, message: `no instance is called ${serverId}` }];
  });
}

interface NamedInstance {
  readonly view: InstanceView;
  readonly path: string;
}

function findTaken(added: readonly NamedInstance[], known: ReadonlySet<string>): InputProblem[] {
  const taken = new Set(known);
  return added.flatMap(({ view: { serverId }, path }) => {
    const isTaken = taken.has(serverId);
    taken.add(serverId);
    return isTaken ? [{ path, message: `an instance is called ${serverId} already` }] : [];
  });
}

function toInstances(given: AddedInstance, at: number): NamedInstance[] {
  const { serverId, maxStreams, capacity, zone, labels, count = 1 } = given;
  return namesOf(serverId, count).map((name) => ({
    path: `scenario.addInstances.${at}.serverId`,
    view: {
      serverId: name,
      status: 'ready',
      capacity: { ...capacity, streams: maxStreams },
      ...(zone !== undefined && { zone }),
      ...(labels && { labels }),
    },
  }));
}

/** Ids of real streams are digits; what is only thought of can never be one. */
function toStreams(given: AddedStream, at: number): StreamView[] {
  const { name = 'stream', weight = 1, resources, priority, count = 1 } = given;
  const { requires, avoid, spreadGroup } = given;
  return namesOf(name, count).map((oneName) => ({
    streamId: `new:${at}:${oneName}`,
    load: { ...resources, weight },
    ...(priority !== undefined && { priority }),
    ...(requires && { requires }),
    ...(avoid && { avoid }),
    ...(typeof spreadGroup === 'string' && { spreadGroup }),
  }));
}

function namesOf(name: string, count: number): string[] {
  if (count === 1) return [name];
  return Array.from({ length: count }, (_, at) => `${name}-${at + 1}`);
}
