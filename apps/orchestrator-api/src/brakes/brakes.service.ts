import { Injectable } from '@nestjs/common';
import {
  Database,
  OrdinaryReads,
  readBrakeReleases,
  readBrakes,
  releaseMassLoss,
} from '@weir/database';
import { DomainError } from '@weir/domain';
import type { BrakeKind, BrakeRelease, FleetBrakes } from '@weir/domain';
import { FleetsCache } from '../notices/fleets.cache';
import { ActorService } from '../operator/actor.service';
import type { ReleaseBrakeDto } from './brake.dto';

/** Why the other brakes cannot be let go, and what to do instead. */
const NOT_RELEASABLE: Readonly<Record<Exclude<BrakeKind, 'mass-loss'>, string>> = {
  'control-plane':
    'every instance gets one whole lease to report: without it two might run one stream. It ends ' +
    'by itself; an instance that is known to be gone can be fenced',
  frozen: 'it is a setting: PATCH the fleet with {"frozen": false}',
};

/** Everything throws FLEET_UNKNOWN. */
@Injectable()
export class BrakesService {
  constructor(
    private readonly database: Database,
    private readonly reads: OrdinaryReads,
    private readonly fleets: FleetsCache,
    private readonly actors: ActorService,
  ) {}

  async list(name: string): Promise<FleetBrakes> {
    const fleet = await this.fleets.get(name);
    const { brakes } = await readBrakes(this.reads, fleet);
    return { brakes, releases: await readBrakeReleases(this.reads, fleet.fleetId) };
  }

  /** @throws DomainError BRAKE_NOT_ENGAGED, BRAKE_NOT_RELEASABLE */
  async release(
    name: string,
    { brake, reason }: ReleaseBrakeDto,
    keyId: number,
  ): Promise<BrakeRelease> {
    const fleet = await this.fleets.get(name);
    if (brake !== 'mass-loss') {
      throw new DomainError('BRAKE_NOT_RELEASABLE', `${brake}: ${NOT_RELEASABLE[brake]}`);
    }
    const releasedBy = await this.actors.nameOf(keyId);
    return releaseMassLoss(this.database.control, fleet, { reason, releasedBy });
  }
}
