import type { FleetDelta, InstanceRow, LiveMoveRow, StreamRow } from '@weir/database';

export function streamRow(streamId: string, more: Partial<StreamRow> = {}): StreamRow {
  return {
    streamId,
    weight: 1,
    resources: null,
    moveCost: 1,
    priority: 5,
    exclusive: true,
    requires: {},
    avoid: {},
    spreadGroup: null,
    isWanted: true,
    serverId: null,
    lostOwner: null,
    epoch: 0,
    status: more.serverId ? 'running' : 'unassigned',
    revision: 1,
    notBeforeMs: null,
    assignedAtMs: null,
    lastMovedAtMs: null,
    failedOn: [],
    isUnplacedKnown: false,
    ...more,
  };
}

export function instanceRow(serverId: string, more: Partial<InstanceRow> = {}): InstanceRow {
  return {
    serverId,
    incarnation: 1,
    status: 'ready',
    maxStreams: 10,
    capacity: {},
    zone: null,
    labels: {},
    metrics: {},
    heldStreams: 0,
    isOverdue: false,
    ...more,
  };
}

export function moveRow(moveId: number, more: Partial<LiveMoveRow> = {}): LiveMoveRow {
  return {
    moveId,
    streamId: '1',
    fromServerId: 'a',
    toServerId: 'b',
    state: 'stopping',
    exclusive: true,
    isDue: false,
    ...more,
  };
}

export function deltaOf(more: Partial<FleetDelta> = {}): FleetDelta {
  return {
    revision: 1,
    databaseNowMs: 1_000_000,
    instances: [instanceRow('a'), instanceRow('b')],
    streams: [],
    moves: [],
    leftovers: [],
    loads: [],
    ...more,
  };
}
