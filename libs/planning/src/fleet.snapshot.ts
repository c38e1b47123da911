import type { LiveMoveRow } from '@weir/database';
import type { FleetSnapshot, MoveView, StreamView } from '@weir/planner';
import type { CachedStream, FleetCache } from './fleet.cache';
import { WEIGHT_MIN } from './stream.view';

/** What the planner is given, and when waiting streams will change it. */
export interface BuiltSnapshot {
  readonly snapshot: FleetSnapshot;
  /**
   * The earliest time at which a stream that waits may be placed, in ms of the database's clock.
   */
  readonly nextDueAtMs: number | undefined;
}

/**
 * The snapshot of what is known. First match wins:
 *
 * | stream | in the snapshot |
 * |---|---|
 * | held, but not wanted any more | disabled: takes room on its owner until that confirms |
 * | no owner, must not start yet | not; gives the time to look again |
 * | no owner | to be placed; with its lost owner, if it lost one: then not on overdue instances |
 * | moving | on its owner, with the move: counted at both ends |
 * | being stopped otherwise | disabled: takes room on its owner until that confirms |
 * | starting or running | on its owner |
 * | to be stopped by an instance that does not own it | there once more, disabled: takes room |
 */
export function buildSnapshot(cache: FleetCache): BuiltSnapshot {
  const movingIds = new Set(cache.moves.map((move) => move.streamId));
  const live = new Set(
    cache.instances.list.flatMap(({ serverId, status }) => (status === 'lost' ? [] : [serverId])),
  );
  const streams: StreamView[] = [];
  let nextDueAtMs = Number.POSITIVE_INFINITY;
  let hasLosses = false;
  for (const stream of cache.streams.values()) {
    const place = classify(stream, movingIds.has(stream.row.streamId), cache.databaseNowMs);
    switch (place.kind) {
      case 'planned': {
        const view = maybeNameLostOwner(stream, live);
        if (view !== stream.view) hasLosses = true;
        streams.push(view);
        break;
      }
      case 'held':
        streams.push({ ...stream.view, enabled: false });
        break;
      case 'waiting':
        nextDueAtMs = Math.min(nextDueAtMs, place.untilMs);
        break;
    }
  }
  streams.push(...listLeftovers(cache));
  const instances = hasLosses ? cache.instances.listForFailover : cache.instances.list;
  return {
    snapshot: { instances, streams, moves: cache.moves.map(toMoveView) },
    nextDueAtMs: Number.isFinite(nextDueAtMs) ? nextDueAtMs : undefined,
  };
}

/**
 * A takeover has taken the stream from its owner before the planner sees it; named as owner all the
 * same, it makes the placement a failover, and the plan one that moves nothing else. Not once an
 * instance of that name is back: it would seem to run there.
 */
function maybeNameLostOwner({ row, view }: CachedStream, live: ReadonlySet<string>): StreamView {
  const { serverId, lostOwner } = row;
  if (serverId !== null || lostOwner === null || live.has(lostOwner)) return view;
  return { ...view, owner: lostOwner };
}

type Place =
  | { readonly kind: 'planned' }
  | { readonly kind: 'held' }
  | { readonly kind: 'waiting'; readonly untilMs: number };

const PLANNED: Place = { kind: 'planned' };
const HELD: Place = { kind: 'held' };

function classify({ row }: CachedStream, isMoving: boolean, nowMs: number): Place {
  if (!row.isWanted) return HELD;
  switch (row.status) {
    case 'unassigned': {
      const isWaiting = row.notBeforeMs !== null && row.notBeforeMs > nowMs;
      return isWaiting ? { kind: 'waiting', untilMs: row.notBeforeMs } : PLANNED;
    }
    case 'stopping':
      return isMoving ? PLANNED : HELD;
    case 'starting':
    case 'running':
      return PLANNED;
  }
}

/**
 * Ids of what is left over of streams: numbers above those of streams, so that the planner finds
 * all of them in order, and below 10^15, which it compares as numbers.
 */
const LEFTOVER_IDS_FROM = 900_000_000_000_000;

/** It takes as much there as it takes at its owner; a stream that is not known takes a slot. */
function listLeftovers({ leftovers, streams }: FleetCache): StreamView[] {
  return leftovers.map(({ streamId, serverId }, index) => ({
    streamId: String(LEFTOVER_IDS_FROM + index),
    load: streams.get(streamId)?.view.load ?? { weight: WEIGHT_MIN },
    owner: serverId,
    enabled: false,
  }));
}

/** Once the target owns an exclusive stream, the source holds nothing of it any more. */
function toMoveView({
  streamId,
  fromServerId,
  toServerId,
  state,
  exclusive,
}: LiveMoveRow): MoveView {
  const isSourceFree = exclusive && state === 'starting';
  return { streamId, to: toServerId, ...(!isSourceFree && { from: fromServerId }) };
}
