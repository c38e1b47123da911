import { PROTOCOL_LIMITS } from '@weir/domain';
import type { StreamReport } from '@weir/domain';
import { cleanReport } from './measure.cleaner';

/** Leaves room in the heartbeat's body for everything else. */
const BYTES_MAX = PROTOCOL_LIMITS.heartbeatBodyBytes - 8 * 1024;

/**
 * Chooses the reports of each heartbeat: all of them if they fit, else the next ones in turn; each
 * as the API takes it.
 */
export class ReportSelector {
  private position = 0;

  select(reports: readonly StreamReport[]): StreamReport[] {
    const selected: StreamReport[] = [];
    let bytes = 0;
    for (let looked = 0; looked < reports.length; looked += 1) {
      if (selected.length === PROTOCOL_LIMITS.reportsPerHeartbeat) break;
      const report = reports[this.position % reports.length];
      const cleaned = report && cleanReport(report);
      bytes += cleaned ? Buffer.byteLength(JSON.stringify(cleaned)) + 1 : 0;
      if (bytes > BYTES_MAX) break;
      if (cleaned) selected.push(cleaned);
      this.position += 1;
    }
    return selected;
  }
}
