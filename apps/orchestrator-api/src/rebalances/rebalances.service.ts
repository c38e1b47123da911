import { Injectable } from '@nestjs/common';
import {
  Database,
  OrdinaryReads,
  changeRebalance,
  getRebalance,
  listMovesOfPlan,
  listRebalances,
  requestRebalance,
} from '@weir/database';
import type { Page, PageRequest, RebalanceAction } from '@weir/database';
import { DomainError, REBALANCE_MOVES_DEFAULT } from '@weir/domain';
import type { RebalanceView } from '@weir/domain';
import { FleetsCache } from '../notices/fleets.cache';
import { ActorService } from '../operator/actor.service';
import { ID_PATTERN } from '../operator/page.query';
import type { NewRebalanceDto, RebalanceDetailDto } from './rebalance.dto';

/** Everything throws FLEET_UNKNOWN; what names a rebalance throws REBALANCE_UNKNOWN. */
@Injectable()
export class RebalancesService {
  constructor(
    private readonly database: Database,
    private readonly reads: OrdinaryReads,
    private readonly fleets: FleetsCache,
    private readonly actors: ActorService,
  ) {}

  /**
   * Leaves the request: its transaction notifies the control loop, which also looks by itself.
   * @throws DomainError FLEET_FROZEN, REBALANCE_UNDER_WAY
   */
  async request(fleet: string, body: NewRebalanceDto, keyId: number): Promise<string> {
    const { fleetId, settings } = await this.fleets.get(fleet);
    if (settings.frozen) {
      throw new DomainError('FLEET_FROZEN', 'the fleet is frozen: nothing is moved');
    }
    return requestRebalance(this.database.control, fleetId, {
      maxMoves: body.maxMoves ?? REBALANCE_MOVES_DEFAULT,
      reason: body.reason ?? null,
      ignoresCooldown: body.ignoreCooldown ?? false,
      requestedBy: await this.actors.nameOf(keyId),
    });
  }

  async list(fleet: string, page: PageRequest): Promise<Page<RebalanceView>> {
    const { fleetId } = await this.fleets.get(fleet);
    return listRebalances(this.reads, fleetId, page);
  }

  async get(fleet: string, planId: string, page: PageRequest): Promise<RebalanceDetailDto> {
    const { fleetId } = await this.fleets.get(fleet);
    assertPlanId(planId);
    const rebalance = await getRebalance(this.reads, fleetId, planId);
    return { ...rebalance, moves: await listMovesOfPlan(this.reads, { fleetId, planId }, page) };
  }

  /** @throws DomainError REBALANCE_STATE_CONFLICT */
  async steer(
    fleet: string,
    planId: string,
    order: { readonly action: RebalanceAction; readonly keyId: number },
  ): Promise<RebalanceView> {
    const { fleetId } = await this.fleets.get(fleet);
    assertPlanId(planId);
    const { control } = this.database;
    const requestedBy = await this.actors.nameOf(order.keyId);
    await changeRebalance(control, fleetId, planId, { action: order.action, requestedBy });
    return getRebalance(control, fleetId, planId);
  }
}

/** What cannot be an id is no rebalance: it never reaches the database. */
function assertPlanId(planId: string): void {
  if (ID_PATTERN.test(planId)) return;
  throw new DomainError('REBALANCE_UNKNOWN', 'no rebalance has such an id');
}
