import type { InstanceView } from '@weir/planner';
import { readyInstance } from '../fleet/instance.rows';

/**
 * stopFirst: an instance drains, leaves, and comes back empty under the same serverId, the last one
 * first, as a StatefulSet of Kubernetes restarts. startFirst: another instance joins before each
 * one drains and leaves, as a Deployment does.
 */
export type RestartStrategy = 'stopFirst' | 'startFirst';

/** What happens to an instance. */
export interface RestartEvent {
  readonly kind: 'instance.draining' | 'instance.left' | 'instance.ready';
  readonly view: InstanceView;
}

/** Everything that happens while each of `instances` instances is restarted once. */
export function listRestartEvents(
  strategy: RestartStrategy,
  instances: number,
  capacityStreams: number,
): RestartEvent[] {
  const numbers = Array.from({ length: instances }, (_unused, at) => at);
  const view = (number: number): InstanceView => readyInstance(number, capacityStreams);
  switch (strategy) {
    case 'stopFirst':
      return numbers
        .reverse()
        .flatMap((number) => [
          ...stop(view(number)),
          { kind: 'instance.ready', view: view(number) },
        ]);
    case 'startFirst':
      return numbers.flatMap((number) => [
        { kind: 'instance.ready', view: view(instances + number) },
        ...stop(view(number)),
      ]);
  }
}

function stop(view: InstanceView): RestartEvent[] {
  return [
    { kind: 'instance.draining', view: { ...view, status: 'draining' } },
    { kind: 'instance.left', view },
  ];
}
