import { Injectable } from '@nestjs/common';
import {
  Database,
  OrdinaryReads,
  changeInstanceState,
  fenceInstance,
  getInstance,
  listInstances,
} from '@weir/database';
import type { InstanceAction, Page, PageRequest } from '@weir/database';
import { DomainError, isName } from '@weir/domain';
import type { InstanceStatus, InstanceView } from '@weir/domain';
import { FleetsCache } from '../notices/fleets.cache';
import { ActorService } from '../operator/actor.service';

/**
 * Instances as operators see and steer them. Everything throws FLEET_UNKNOWN and INSTANCE_UNKNOWN.
 */
@Injectable()
export class InstancesAdminService {
  constructor(
    private readonly database: Database,
    private readonly reads: OrdinaryReads,
    private readonly fleets: FleetsCache,
    private readonly actors: ActorService,
  ) {}

  async list(
    fleet: string,
    status: InstanceStatus | null,
    page: PageRequest,
  ): Promise<Page<InstanceView>> {
    const { fleetId } = await this.fleets.get(fleet);
    return listInstances(this.reads, fleetId, { status }, page);
  }

  async get(fleet: string, serverId: string): Promise<InstanceView> {
    const { fleetId } = await this.fleets.get(fleet);
    assertServerId(serverId);
    return getInstance(this.reads, fleetId, serverId);
  }

  /** @throws DomainError INSTANCE_STATE_CONFLICT when the instance is gone */
  async change(fleet: string, serverId: string, action: InstanceAction): Promise<InstanceView> {
    const { fleetId } = await this.fleets.get(fleet);
    assertServerId(serverId);
    const { control } = this.database;
    await changeInstanceState(control, fleetId, serverId, { action, isOperator: true });
    return getInstance(control, fleetId, serverId);
  }

  /** @throws DomainError INSTANCE_STATE_CONFLICT when it is lost or has left */
  async fence(
    fleet: string,
    serverId: string,
    { reason, keyId }: { readonly reason: string; readonly keyId: number },
  ): Promise<InstanceView> {
    const { fleetId } = await this.fleets.get(fleet);
    assertServerId(serverId);
    const { control } = this.database;
    const requestedBy = await this.actors.nameOf(keyId);
    await fenceInstance(control, fleetId, serverId, { reason, requestedBy });
    return getInstance(control, fleetId, serverId);
  }
}

/** What cannot be a name is no instance: it never reaches the database. */
function assertServerId(serverId: string): void {
  if (isName(serverId)) return;
  throw new DomainError('INSTANCE_UNKNOWN', 'no instance is called so');
}
