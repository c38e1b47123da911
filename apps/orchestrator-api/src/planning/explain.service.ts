import { Injectable } from '@nestjs/common';
import { OrdinaryReads, findLastDecision, getStream, unknownStream } from '@weir/database';
import { isStreamId } from '@weir/domain';
import type { EventView } from '@weir/domain';
import { explain } from '@weir/planner';
import type { Explanation, InstanceExplanation } from '@weir/planner';
import { FleetsCache } from '../notices/fleets.cache';
import type { DecisionDto, ExplainQuery, ExplanationDto, PlanningState } from './explain.dto';
import { FleetReader } from './fleet.reader';
import type { ReadFleet } from './fleet.reader';

/** What the planner says of one stream. */
interface Thought {
  readonly state: PlanningState;
  readonly notBefore?: string;
  /** Absent when nothing is planned for it. */
  readonly explanation?: Explanation;
  readonly instanceCount: number;
}

@Injectable()
export class ExplainService {
  constructor(
    private readonly reads: OrdinaryReads,
    private readonly fleets: FleetsCache,
    private readonly reader: FleetReader,
  ) {}

  /** @throws DomainError FLEET_UNKNOWN, STREAM_UNKNOWN, PLANNING_BUSY; DatabaseUnavailableError */
  async explain(fleetName: string, streamId: string, query: ExplainQuery): Promise<ExplanationDto> {
    const fleet = await this.fleets.get(fleetName);
    if (!isStreamId(streamId)) throw unknownStream(streamId);
    const { name } = await getStream(this.reads, fleet.fleetId, streamId);
    const decision = await findLastDecision(this.reads, fleet.fleetId, streamId);
    const thought = await this.reader.withFleet(fleet, (read) => think(read, streamId));
    const { explanation, ...rest } = thought;
    return {
      streamId,
      name,
      owner: explanation?.owner ?? null,
      ...rest,
      decision: decision ? toDecision(decision) : null,
      instances: choose(explanation?.instances ?? [], query),
    };
  }
}

function think({ snapshot, settings, cache, context }: ReadFleet, streamId: string): Thought {
  const instanceCount = snapshot.instances.length;
  const known = cache.streams.get(streamId);
  if (!known) return { state: 'disabled', instanceCount };
  const planned = snapshot.streams.find((view) => view.streamId === streamId);
  const view = planned ?? known.view;
  const all = planned ? snapshot : { ...snapshot, streams: [...snapshot.streams, view] };
  const explanation = explain(all, settings, streamId, context);
  const { notBeforeMs } = known.row;
  if (planned) {
    return { state: view.enabled === false ? 'held' : 'planned', explanation, instanceCount };
  }
  const notBefore = notBeforeMs === null ? {} : { notBefore: new Date(notBeforeMs).toISOString() };
  return { state: 'waiting', ...notBefore, explanation, instanceCount };
}

/** The owner first, then where it could go, the best first, then where it cannot. */
function choose(
  instances: readonly InstanceExplanation[],
  { serverId, limit }: ExplainQuery,
): ExplanationDto['instances'] {
  const wanted = instances.filter((one) => serverId === undefined || one.serverId === serverId);
  const ranked = [...wanted].sort((a, b) => rankOf(a) - rankOf(b));
  return ranked.slice(0, limit).map((one) => ({
    ...one,
    forbiddenBy: [...one.forbiddenBy],
    obstacles: [...one.obstacles],
  }));
}

function rankOf({ isOwner, score }: InstanceExplanation): number {
  if (isOwner) return -1;
  return score?.utilisationWith ?? Number.MAX_VALUE;
}

function toDecision({ kind, at, message, detail }: EventView): DecisionDto {
  const { reason, gain, cost } = detail;
  return {
    kind,
    at,
    message,
    ...(typeof reason === 'string' && { reason }),
    ...(typeof gain === 'number' && { gain }),
    ...(typeof cost === 'number' && { cost }),
  };
}
