import type { FleetSnapshot, InstanceView } from '../boundary/snapshot.view';
import type { Scale } from './dimension.scale';
import type { LabelTable } from './label.classes';
import type { InstanceColumns } from './instance.columns';
import type { StreamColumns } from './stream.columns';
import { listResources, readInstances } from './instance.columns';
import { readStreams } from './stream.columns';
import { scaleDimensions } from './dimension.scale';

/**
 * The snapshot as columns: instances and streams are integers, every quantity is in whole units.
 * Never changed while planning; what changes is in `FleetState`.
 */
export interface FleetColumns extends Scale {
  /**
   * Dimension 0 is weight, which limits nothing; the others are the resources named on both sides.
   */
  readonly dimensionCount: number;
  readonly resources: readonly string[];
  readonly instances: InstanceColumns;
  readonly streams: StreamColumns;
  readonly labels: LabelTable;
}

/**
 * Instances are numbered by serverId, streams by streamId.
 * @throws RangeError when two instances or two streams have the same id.
 */
export function readColumns(snapshot: FleetSnapshot, seed: number): FleetColumns {
  const views: InstanceView[] = [...snapshot.instances].sort(byServerId);
  const resources = listResources(views);
  const instances = readInstances(views, resources, seed);
  const source = { views: snapshot.streams, moves: snapshot.moves ?? [] };
  const { streams, classes } = readStreams(source, instances, resources);
  const scale = scaleDimensions(instances, streams, resources.length + 1);
  return {
    dimensionCount: resources.length + 1,
    resources,
    instances,
    streams,
    ...scale,
    labels: classes.build(views),
  };
}

/** @throws RangeError when two instances have the same serverId, which no fleet can have. */
function byServerId(a: InstanceView, b: InstanceView): number {
  if (a.serverId === b.serverId) throw new RangeError(`two instances are called ${a.serverId}`);
  return a.serverId < b.serverId ? -1 : 1;
}
