import { isStreamId } from '@weir/domain';
import type { InstanceMetrics, StreamReport } from '@weir/domain';
import { cleanText } from './wire.text';

const RATIO_MAX = 1;
/** The largest measure that the API takes. */
const MEASURE_MAX = 1e12;

const METRIC_MAX: Readonly<Record<keyof InstanceMetrics, number>> = {
  cpu: RATIO_MAX,
  memory: RATIO_MAX,
  eventLoopLagMs: MEASURE_MAX,
  bandwidthMbps: MEASURE_MAX,
  errorRate: RATIO_MAX,
  latencyP95Ms: MEASURE_MAX,
};

/** The metrics that the API takes: known ones that are numbers, brought into their range. */
export function cleanMetrics(metrics: InstanceMetrics): InstanceMetrics {
  const given = metrics as Readonly<Record<string, unknown>>;
  const cleaned: [string, number][] = [];
  for (const [name, max] of Object.entries(METRIC_MAX)) {
    const value = cleanNumber(given[name], max);
    if (value !== undefined) cleaned.push([name, value]);
  }
  return Object.fromEntries(cleaned);
}

/** The report as the API takes it, or undefined when it is of no stream. */
export function cleanReport(report: StreamReport): StreamReport | undefined {
  const given = report as Partial<Record<keyof StreamReport, unknown>>;
  if (!isStreamId(given.streamId)) return undefined;
  const load = cleanNumber(given.load, MEASURE_MAX);
  return {
    streamId: given.streamId,
    ...(load !== undefined && { load }),
    ...(typeof given.state === 'string' && { state: cleanText(given.state) }),
    ...(typeof given.error === 'string' && { error: cleanText(given.error) }),
  };
}

function cleanNumber(value: unknown, max: number): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return Math.min(max, Math.max(0, value));
}
