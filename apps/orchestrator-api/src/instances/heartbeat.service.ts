import { Injectable } from '@nestjs/common';
import { effectiveHeartbeatIntervalMs } from '@weir/domain';
import type { HeartbeatRequest, HeartbeatResponse } from '@weir/domain';
import { FleetsCache } from '../notices/fleets.cache';
import { answerHeartbeat, assertRenewed } from './heartbeat.answer';
import { HeartbeatRenewals } from './heartbeat.renewals';
import { StreamReportBuffer } from './stream-report.buffer';

/**
 * A heartbeat from its request to its answer: renewed and committed first, then told what changed.
 */
@Injectable()
export class HeartbeatService {
  constructor(
    private readonly renewals: HeartbeatRenewals,
    private readonly fleets: FleetsCache,
    private readonly reports: StreamReportBuffer,
  ) {}

  /** @throws DomainError FLEET_UNKNOWN, INSTANCE_UNKNOWN, INCARNATION_FENCED, TOO_MANY_REQUESTS */
  async beat(
    fleetName: string,
    serverId: string,
    request: HeartbeatRequest,
  ): Promise<HeartbeatResponse> {
    const fleet = this.fleets.peek(fleetName) ?? (await this.fleets.get(fleetName));
    const beat = { fleet, serverId, request };
    const { result, delivery } = await this.renewals.submit(beat);
    assertRenewed(result, serverId, request.incarnation);
    if (request.streams) this.reports.add(fleet.fleetId, serverId, request.streams);
    const { settings } = fleet;
    const rhythm = {
      leaseTtlMs: settings.leaseTtlMs,
      heartbeatIntervalMs: effectiveHeartbeatIntervalMs(settings),
    };
    return answerHeartbeat(beat, rhythm, result, delivery && (await delivery));
  }
}
