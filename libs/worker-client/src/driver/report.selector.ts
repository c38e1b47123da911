import { PROTOCOL_LIMITS } from '@weir/domain';
import type { StreamReport } from '@weir/domain';

/** Leaves room in the heartbeat's body for everything else. */
const BYTES_MAX = PROTOCOL_LIMITS.heartbeatBodyBytes - 8 * 1024;

/** Chooses the reports of each heartbeat: all of them if they fit, else the next ones in turn. */
export class ReportSelector {
  private position = 0;

  select(reports: readonly StreamReport[]): StreamReport[] {
    const selected: StreamReport[] = [];
    let bytes = 0;
    const countMax = Math.min(reports.length, PROTOCOL_LIMITS.reportsPerHeartbeat);
    while (selected.length < countMax) {
      const report = reports[this.position % reports.length];
      if (report === undefined) break;
      const shortened = shorten(report);
      bytes += Buffer.byteLength(JSON.stringify(shortened)) + 1;
      if (bytes > BYTES_MAX) break;
      selected.push(shortened);
      this.position += 1;
    }
    return selected;
  }
}

function shorten(report: StreamReport): StreamReport {
  const { error } = report;
  if (error === undefined || error.length <= PROTOCOL_LIMITS.textLength) return report;
  return { ...report, error: error.slice(0, PROTOCOL_LIMITS.textLength) };
}
