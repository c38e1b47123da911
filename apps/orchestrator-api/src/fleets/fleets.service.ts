import { Injectable } from '@nestjs/common';
import {
  Database,
  OrdinaryReads,
  changeFleetSettings,
  findFleet,
  getFleetView,
  listFleetViews,
} from '@weir/database';
import type { Page, PageRequest } from '@weir/database';
import type { FleetView } from '@weir/domain';
import { FleetsCache } from '../notices/fleets.cache';
import { assertFleetName, combineSettings, completeSettings, readSettings } from './fleet.rules';

@Injectable()
export class FleetsService {
  constructor(
    private readonly database: Database,
    private readonly reads: OrdinaryReads,
    private readonly fleets: FleetsCache,
  ) {}

  list(page: PageRequest, onlyFleetId: number | null): Promise<Page<FleetView>> {
    return listFleetViews(this.reads, page, onlyFleetId);
  }

  get(name: string): Promise<FleetView> {
    return getFleetView(this.reads, name);
  }

  /** Settings that are not given get their defaults. */
  async set(name: string, body: unknown): Promise<{ view: FleetView; isCreated: boolean }> {
    assertFleetName(name);
    const settings = completeSettings(readSettings(body));
    const known = await findFleet(this.database.control, name);
    if (!known) await this.fleets.ensure(name);
    await changeFleetSettings(this.database.control, name, () => settings);
    return { view: await this.afterChange(name), isCreated: !known };
  }

  /** Settings that are not given stay as they are. */
  async change(name: string, body: unknown): Promise<FleetView> {
    const own = readSettings(body);
    await changeFleetSettings(this.database.control, name, (current) =>
      combineSettings(current, own),
    );
    return this.afterChange(name);
  }

  /** This replica knows the change before it answers; the others hear of it by notice. */
  private async afterChange(name: string): Promise<FleetView> {
    await this.fleets.refresh();
    return getFleetView(this.database.control, name);
  }
}
