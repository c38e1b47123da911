import { Injectable } from '@nestjs/common';
import {
  applyAcks,
  changeInstanceState,
  Database,
  leaveFleet,
  readDeliveries,
  registerInstance,
  resyncInstance,
  SourceCipher,
} from '@weir/database';
import type { AckSender, RunningReport } from '@weir/database';
import { DomainError, effectiveHeartbeatIntervalMs } from '@weir/domain';
import type {
  Ack,
  AcksResponse,
  InstanceStatus,
  RegisterRequest,
  RegisterResponse,
  ResyncResponse,
} from '@weir/domain';
import { FleetsCache } from '../notices/fleets.cache';

/** -1 is older than any revision: everything. */
const NOTHING_SEEN = -1;

/** What instances do, except the heartbeat: one call is one transaction. */
@Injectable()
export class InstancesService {
  constructor(
    private readonly database: Database,
    private readonly cipher: SourceCipher,
    private readonly fleets: FleetsCache,
  ) {}

  async register(fleetName: string, request: RegisterRequest): Promise<RegisterResponse> {
    const { fleetId, settings } = await this.fleets.ensure(fleetName);
    const { control } = this.database;
    const { serverId } = request;
    const { leaseTtlMs } = settings;
    const { incarnation } = await registerInstance(control, fleetId, request, leaseTtlMs);
    const [delivery] = await readDeliveries(control, this.cipher, [
      { fleetId, serverId, seenRevision: NOTHING_SEEN },
    ]);
    if (delivery?.incarnation !== incarnation) throw overtaken(serverId, incarnation);
    return {
      serverId,
      incarnation,
      leaseTtlMs,
      heartbeatIntervalMs: effectiveHeartbeatIntervalMs(settings),
      revision: delivery.revision,
      assignments: delivery.changes,
    };
  }

  async acknowledge(
    fleetName: string,
    sender: AckSender,
    acks: readonly Ack[],
  ): Promise<AcksResponse> {
    const { fleetId, settings } = await this.fleets.get(fleetName);
    return { results: await applyAcks(this.database.control, fleetId, sender, { acks, settings }) };
  }

  async resync(
    fleetName: string,
    sender: AckSender,
    report: RunningReport,
  ): Promise<ResyncResponse> {
    const { fleetId } = await this.fleets.get(fleetName);
    return resyncInstance(this.database.control, this.cipher, { fleetId, sender, report });
  }

  async leave(fleetName: string, sender: AckSender): Promise<void> {
    const { fleetId } = await this.fleets.get(fleetName);
    await leaveFleet(this.database.control, fleetId, sender);
  }

  async drain(
    fleetName: string,
    serverId: string,
    order: { readonly isOperator: boolean; readonly incarnation: number | undefined },
  ): Promise<InstanceStatus> {
    const { fleetId } = await this.fleets.get(fleetName);
    const intent = { action: 'drain', ...order } as const;
    return changeInstanceState(this.database.control, fleetId, serverId, intent);
  }
}

function overtaken(serverId: string, incarnation: number): DomainError {
  return new DomainError(
    'INCARNATION_FENCED',
    `incarnation ${incarnation} of ${serverId} is over already: it was registered again meanwhile`,
  );
}
