import type { MetricsRegistry } from '@weir/observability';

/** Metrics that nobody reads. */
export const silentMetrics = {
  histogram: () => ({ observe: () => undefined }),
  gauge: () => undefined,
  counter: () => ({ inc: () => undefined }),
} as unknown as MetricsRegistry;
