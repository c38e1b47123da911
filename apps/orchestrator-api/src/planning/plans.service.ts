import { Injectable } from '@nestjs/common';
import { OrdinaryReads, findStreamNames } from '@weir/database';
import { isStreamId } from '@weir/domain';
import { plan } from '@weir/planner';
import type { Plan } from '@weir/planner';
import { combineSettings } from '../fleets/fleet.rules';
import { FleetsCache } from '../notices/fleets.cache';
import { inputError } from '../problem/validation.problems';
import { FleetReader } from './fleet.reader';
import type { ReadFleet } from './fleet.reader';
import type { PlanDto } from './plan.dto';
import { readPlanRequest } from './plan.rules';
import { applyScenario } from './scenario';
import type { PlanRequest } from './scenario';

@Injectable()
export class PlansService {
  constructor(
    private readonly reads: OrdinaryReads,
    private readonly fleets: FleetsCache,
    private readonly reader: FleetReader,
  ) {}

  /**
   * What the planner would do with the fleet as it is, or as the body says. Writes nothing.
   * @param limit most steps and most unplaced streams that are listed.
   * @throws DomainError FLEET_UNKNOWN, INVALID_INPUT, PLANNING_BUSY; DatabaseUnavailableError
   */
  async tryPlan(fleetName: string, body: unknown, limit: number): Promise<PlanDto> {
    const request = readPlanRequest(body);
    const fleet = await this.fleets.get(fleetName);
    const settings = combineSettings(fleet.settings, request.settings ?? {});
    const asked = { ...fleet, settings };
    const made = await this.reader.withFleet(asked, (read) => planFor(read, request));
    return this.addNames(fleet.fleetId, toAnswer(made, limit));
  }

  private async addNames(fleetId: number, answer: PlanDto): Promise<PlanDto> {
    const listed = [...answer.placements, ...answer.moves, ...answer.unplaced];
    const ids = listed.map(({ streamId }) => streamId).filter(isStreamId);
    const names = await findStreamNames(this.reads, fleetId, ids);
    const named = <T extends { streamId: string }>(one: T): T & { streamName?: string } => {
      const streamName = names.get(one.streamId) ?? /^new:\d+:(.*)$/s.exec(one.streamId)?.[1];
      return streamName === undefined ? one : { ...one, streamName };
    };
    return {
      ...answer,
      placements: answer.placements.map(named),
      moves: answer.moves.map(named),
      unplaced: answer.unplaced.map(named),
    };
  }
}

function planFor({ snapshot, settings, context }: ReadFleet, request: PlanRequest): Plan {
  const applied = applyScenario(snapshot, request);
  if (applied.problems.length > 0) throw inputError(applied.problems);
  return plan(applied.snapshot, settings, context);
}

function toAnswer(made: Plan, limit: number): PlanDto {
  const { placements, moves, unplaced, before, after, stats } = made;
  const byReason: Record<string, number> = {};
  for (const { reason } of [...placements, ...moves]) {
    byReason[reason] = (byReason[reason] ?? 0) + 1;
  }
  return {
    counts: {
      placements: placements.length,
      moves: moves.length,
      unplaced: unplaced.length,
      byReason,
    },
    truncated: [placements, moves, unplaced].some((list) => list.length > limit),
    placements: placements.slice(0, limit),
    moves: moves.slice(0, limit),
    unplaced: unplaced.slice(0, limit).map((one) => ({ ...one, reasons: { ...one.reasons } })),
    before,
    after,
    stats,
  };
}
