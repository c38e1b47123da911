import type { MetricsRegistry } from '@weir/observability';
import type { StreamRegistry } from './stream.registry';
import type { RunCounters } from './stream.run';

/** Counters of all streams together: a series per stream would outgrow every metrics store. */
export function createRunCounters(metrics: MetricsRegistry): RunCounters {
  const bytes = metrics.counter({ name: 'source_bytes_total', help: 'Bytes read from sources.' });
  const stalls = metrics.counter({
    name: 'source_stalls_total',
    help: 'Connections given up because no data came.',
  });
  const failures = metrics.counter({
    name: 'source_failures_total',
    help: 'Connections that failed or ended.',
  });
  const reconnections = metrics.counter({
    name: 'source_reconnections_total',
    help: 'Attempts to come back to a source.',
  });
  return {
    onBytes: (count) => bytes.inc(count),
    onStall: () => stalls.inc(),
    onFailure: () => failures.inc(),
    onReconnection: () => reconnections.inc(),
  };
}

/** What is read off when metrics are asked for. */
export function exposeStreams(metrics: MetricsRegistry, registry: StreamRegistry): void {
  metrics.gauge(
    { name: 'streams', help: 'Streams on this instance, by state.', labels: ['state'] },
    (gauge) => {
      for (const [state, count] of Object.entries(registry.countStates())) {
        gauge.set({ state }, count);
      }
    },
  );
  metrics.gauge(
    { name: 'source_mbps', help: 'What all sources together send, in Mbit/s.' },
    (gauge) => gauge.set(registry.sumMbps()),
  );
}
