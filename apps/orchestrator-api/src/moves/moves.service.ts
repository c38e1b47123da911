import { Injectable } from '@nestjs/common';
import { Database, OrdinaryReads, cancelMove, forceMove, getMove, listMoves } from '@weir/database';
import type { MoveFilter, Page, PageRequest } from '@weir/database';
import { DomainError } from '@weir/domain';
import type { MoveView } from '@weir/domain';
import { FleetsCache } from '../notices/fleets.cache';
import { ActorService } from '../operator/actor.service';
import { ID_PATTERN } from '../operator/page.query';

/** Moves as operators see and steer them. Everything throws FLEET_UNKNOWN and MOVE_UNKNOWN. */
@Injectable()
export class MovesService {
  constructor(
    private readonly database: Database,
    private readonly reads: OrdinaryReads,
    private readonly fleets: FleetsCache,
    private readonly actors: ActorService,
  ) {}

  async list(fleet: string, filter: MoveFilter, page: PageRequest): Promise<Page<MoveView>> {
    const { fleetId } = await this.fleets.get(fleet);
    return listMoves(this.reads, fleetId, filter, page);
  }

  async get(fleet: string, moveId: string): Promise<MoveView> {
    const { fleetId } = await this.fleets.get(fleet);
    assertMoveId(moveId);
    return getMove(this.reads, fleetId, moveId);
  }

  /** @throws DomainError MOVE_STATE_CONFLICT */
  async steer(
    fleet: string,
    moveId: string,
    order: { readonly action: 'cancel' | 'force'; readonly keyId: number },
  ): Promise<MoveView> {
    const { fleetId } = await this.fleets.get(fleet);
    assertMoveId(moveId);
    const { control } = this.database;
    const requestedBy = await this.actors.nameOf(order.keyId);
    const steer = order.action === 'cancel' ? cancelMove : forceMove;
    await steer(control, fleetId, moveId, requestedBy);
    return getMove(control, fleetId, moveId);
  }
}

/** What cannot be an id is no move: it never reaches the database. */
function assertMoveId(moveId: string): void {
  if (!ID_PATTERN.test(moveId)) throw new DomainError('MOVE_UNKNOWN', 'no move has such an id');
}
