import { Injectable } from '@nestjs/common';
import { Database, getMove, getStream, startMoves, unknownStream } from '@weir/database';
import type { FleetRecord } from '@weir/database';
import { DomainError, isStreamId } from '@weir/domain';
import type { InputProblem, MoveView } from '@weir/domain';
import { explain } from '@weir/planner';
import type { Obstacle, ObstacleRule } from '@weir/planner';
import { FleetsCache } from '../notices/fleets.cache';
import { ActorService } from '../operator/actor.service';
import { FleetReader } from '../planning/fleet.reader';
import type { ReadFleet } from '../planning/fleet.reader';
import type { NewMoveDto } from './move.dto';

/** Where the stream is, as far as a move of it needs to know. */
interface Origin {
  readonly fromServerId: string;
  readonly epoch: number;
  readonly incarnation: number | undefined;
}

/**
 * What keeps even an operator's move from beginning. Whether it rests, gains enough or is the best
 * choice is what the operator overrules.
 */
const BINDING: ReadonlySet<ObstacleRule> = new Set(['forbidden', 'disabled']);

/** Moves that operators begin one by one. */
@Injectable()
export class NewMoveService {
  constructor(
    private readonly database: Database,
    private readonly fleets: FleetsCache,
    private readonly reader: FleetReader,
    private readonly actors: ActorService,
  ) {}

  /**
   * Begins a move. @returns it, under way.
   * @throws DomainError FLEET_UNKNOWN, FLEET_FROZEN, STREAM_UNKNOWN, INSTANCE_UNKNOWN,
   * MOVE_FORBIDDEN with every obstacle, MOVE_STATE_CONFLICT, MOVE_BUDGET_SPENT, PLANNING_BUSY
   */
  async begin(fleetName: string, request: NewMoveDto, keyId: number): Promise<MoveView> {
    const fleet = await this.fleets.get(fleetName);
    if (fleet.settings.frozen) {
      throw new DomainError('FLEET_FROZEN', 'the fleet is frozen: nothing is moved');
    }
    const { streamId, toServerId, reason } = request;
    if (!isStreamId(streamId)) throw unknownStream(streamId);
    const { control } = this.database;
    await getStream(control, fleet.fleetId, streamId);
    const origin = await this.reader.withFleet(fleet, (read) => findOrigin(read, request));
    const requestedBy = await this.actors.nameOf(keyId);
    const { moveStepTimeoutMs, movePrepareTimeoutMs, movesInFlightMax } = fleet.settings;
    const [started] = await startMoves(
      control,
      fleet.fleetId,
      [
        {
          streamId,
          fromServerId: origin.fromServerId,
          toServerId,
          expectedEpoch: origin.epoch,
          ...(origin.incarnation !== undefined && { expectedIncarnation: origin.incarnation }),
          reason: reason ?? 'by hand',
          gain: 0,
          cost: 0,
        },
      ],
      {
        stepTimeoutMs: moveStepTimeoutMs,
        prepareTimeoutMs: movePrepareTimeoutMs,
        inFlightMax: movesInFlightMax,
        requestedBy,
      },
    );
    if (!started) throw await this.whyNot(fleet, toServerId);
    return getMove(control, fleet.fleetId, String(started.moveId));
  }

  /** The snapshot allowed it, the write did not. */
  private async whyNot(fleet: FleetRecord, toServerId: string): Promise<DomainError> {
    const rows = await this.database.control.query<{ live: number }>(
      `select count(*)::integer as live from moves
       where fleet_id = $1 and state in ('preparing', 'stopping', 'starting')`,
      [fleet.fleetId],
    );
    const live = rows[0]?.live ?? 0;
    if (live >= fleet.settings.movesInFlightMax) {
      return new DomainError(
        'MOVE_BUDGET_SPENT',
        `${live} moves are under way, as many as movesInFlightMax allows: try again in a moment`,
      );
    }
    return new DomainError(
      'MOVE_STATE_CONFLICT',
      `the stream or ${toServerId} changed meanwhile, or ${toServerId} still has to stop what it ` +
        'ran of the stream before: look again and try again',
    );
  }
}

/** @throws DomainError INSTANCE_UNKNOWN, MOVE_STATE_CONFLICT, MOVE_FORBIDDEN */
function findOrigin(read: ReadFleet, { streamId, toServerId }: NewMoveDto): Origin {
  const { snapshot, settings, cache, context } = read;
  if (!snapshot.instances.some(({ serverId }) => serverId === toServerId)) {
    throw new DomainError('INSTANCE_UNKNOWN', `no instance ${toServerId} in this fleet`);
  }
  const row = cache.streams.get(streamId)?.row;
  if (!row || row.serverId === null) {
    throw new DomainError(
      'MOVE_STATE_CONFLICT',
      'the stream has no owner: it is placed by itself, there is nothing to move',
    );
  }
  if (row.serverId === toServerId) {
    throw new DomainError('MOVE_STATE_CONFLICT', `the stream is on ${toServerId} already`);
  }
  const underWay = cache.moves.find((move) => move.streamId === streamId);
  if (underWay) {
    throw new DomainError(
      'MOVE_STATE_CONFLICT',
      `move ${underWay.moveId} takes the stream to ${underWay.toServerId}: cancel it first`,
    );
  }
  const { instances } = explain(snapshot, settings, streamId, context);
  const target = instances.find(({ serverId }) => serverId === toServerId);
  const obstacles = (target?.obstacles ?? []).filter(({ rule }) => BINDING.has(rule));
  if (obstacles.length > 0) throw forbid(toServerId, obstacles);
  return {
    fromServerId: row.serverId,
    epoch: row.epoch,
    incarnation: cache.instances.incarnationOf(toServerId),
  };
}

function forbid(toServerId: string, obstacles: readonly Obstacle[]): DomainError {
  const problems = obstacles.map(({ rule, change }): InputProblem => {
    const path = rule === 'forbidden' ? 'toServerId' : 'streamId';
    return { path, message: `${rule}: ${change}` };
  });
  const words = `the stream cannot go to ${toServerId}; errors lists all that forbids it`;
  return new DomainError('MOVE_FORBIDDEN', words, problems);
}
