import { Injectable } from '@nestjs/common';
import {
  Database,
  OrdinaryReads,
  findKeyName,
  getReport,
  listFindings,
  listReports,
  requestCheck,
} from '@weir/database';
import type { Page, PageRequest, ReportView } from '@weir/database';
import { DomainError } from '@weir/domain';
import { JobProducer } from '@weir/queues';
import { FleetsCache } from '../notices/fleets.cache';
import { ID_PATTERN } from '../operator/page.query';
import type { ReportDetailDto } from './consistency.dto';

@Injectable()
export class ConsistencyService {
  constructor(
    private readonly database: Database,
    private readonly reads: OrdinaryReads,
    private readonly fleets: FleetsCache,
    private readonly jobs: JobProducer,
  ) {}

  /**
   * Leaves a queued report, then rings the checker. Without Redis the ring is lost and the checker
   * finds the report when it looks at the database by itself.
   */
  async request(fleet: string, check: { repair: boolean; keyId: number }): Promise<string> {
    const { fleetId } = await this.fleets.get(fleet);
    const requestedBy = (await findKeyName(this.reads, check.keyId)) ?? `key ${check.keyId}`;
    const request = { repair: check.repair, requestedBy };
    const reportId = await requestCheck(this.database.control, fleetId, request);
    await this.jobs.enqueue('consistency', { fleet, ...request, reportId });
    return reportId;
  }

  async list(fleet: string, page: PageRequest): Promise<Page<ReportView>> {
    const { fleetId } = await this.fleets.get(fleet);
    return listReports(this.reads, fleetId, page);
  }

  /** A report with a page of its findings. @throws DomainError REPORT_UNKNOWN */
  async get(fleet: string, reportId: string, page: PageRequest): Promise<ReportDetailDto> {
    const { fleetId } = await this.fleets.get(fleet);
    if (!ID_PATTERN.test(reportId)) {
      throw new DomainError('REPORT_UNKNOWN', 'no report has such an id');
    }
    const report = await getReport(this.reads, fleetId, reportId);
    return { ...report, findings: await listFindings(this.reads, { fleetId, reportId }, page) };
  }
}
