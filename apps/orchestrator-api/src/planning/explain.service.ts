import { Injectable } from '@nestjs/common';
import {
  OrdinaryReads,
  findHeldBack,
  findLastDecision,
  getStream,
  unknownStream,
} from '@weir/database';
import { isStreamId } from '@weir/domain';
import type { EventView, HeldBackView } from '@weir/domain';
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
  /** Who holds it, live or not. */
  readonly holder: string | null;
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
    const thought = await this.reader.withFleet(fleet, (read) => think(read, streamId));
    const { explanation, holder, ...rest } = thought;
    const decision = await this.findDecision(fleet.fleetId, streamId, holder);
    return {
      streamId,
      name,
      owner: explanation?.owner ?? null,
      mustLeave: explanation?.mustLeave ?? null,
      ...rest,
      heldBack: toHeldBack(await findHeldBack(this.reads, fleet.fleetId, streamId)),
      decision,
      unplacedReasons: explanation ? countReasons(explanation) : null,
      instances: choose(explanation?.instances ?? [], query),
    };
  }

  private async findDecision(
    fleetId: number,
    streamId: string,
    serverId: string | null,
  ): Promise<DecisionDto | null> {
    if (serverId === null) return null;
    const event = await findLastDecision(this.reads, fleetId, { streamId, serverId });
    return event ? toDecision(event) : null;
  }
}

function think({ snapshot, settings, cache, context }: ReadFleet, streamId: string): Thought {
  const instanceCount = snapshot.instances.length;
  const known = cache.streams.get(streamId);
  if (!known) return { state: 'disabled', holder: null, instanceCount };
  const planned = snapshot.streams.find((view) => view.streamId === streamId);
  const view = planned ?? known.view;
  const all = planned ? snapshot : { ...snapshot, streams: [...snapshot.streams, view] };
  const explanation = explain(all, settings, streamId, context);
  const { notBeforeMs, serverId: holder } = known.row;
  if (planned) {
    const state = view.enabled === false ? 'held' : 'planned';
    return { state, holder, explanation, instanceCount };
  }
  return { state: 'waiting', ...describeWait(notBeforeMs), holder, explanation, instanceCount };
}

/** A wait for an operator has no time. */
function describeWait(notBeforeMs: number | null): Pick<Thought, 'notBefore'> {
  if (notBeforeMs === null || !Number.isFinite(notBeforeMs)) return {};
  return { notBefore: new Date(notBeforeMs).toISOString() };
}

function toHeldBack(view: HeldBackView | null): ExplanationDto['heldBack'] {
  return view && { ...view, failures: [...view.failures], losses: [...view.losses] };
}

/**
 * Why a stream without an owner finds none, as the unplaced ones of a plan: each instance counts
 * under the first rule that forbids it. Null when some instance would take it as things stand.
 */
function countReasons({ owner, instances }: Explanation): Record<string, number> | null {
  if (owner !== undefined) return null;
  const reasons: Record<string, number> = {};
  for (const { forbiddenBy } of instances) {
    const [first] = forbiddenBy;
    if (first === undefined) return null;
    reasons[first] = (reasons[first] ?? 0) + 1;
  }
  return instances.length > 0 ? reasons : { 'no instance': 0 };
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
