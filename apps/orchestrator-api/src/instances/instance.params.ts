import { CounterQuery, NameField } from '../validation/fields';

export class FleetParams {
  @NameField()
  fleet!: string;
}

export class InstanceParams extends FleetParams {
  @NameField({ example: 'worker-1' })
  serverId!: string;
}

export class IncarnationQuery {
  @CounterQuery({ example: 3 })
  incarnation!: number;
}

export class DrainQuery {
  @CounterQuery({
    optional: true,
    example: 3,
    description: 'Of the instance that drains itself: one that is over empties no later one.',
  })
  incarnation?: number;
}

export class WatchQuery extends IncarnationQuery {
  @CounterQuery({ example: 42, description: 'Newest revision that the instance has seen.' })
  seenRevision!: number;
}
