import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { readBuildInfo } from './build.info';

/**
 * What a metric is: `name` without the `weir_` prefix, with its base unit last (`_seconds`,
 * `_total`).
 */
export interface MetricDescription<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly L[];
}

export interface HistogramDescription<L extends string> extends MetricDescription<L> {
  readonly buckets: readonly number[];
}

/** From 1 ms to 10 s: requests, queries and jobs. */
export const durationBucketsSeconds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

const PREFIX = 'weir_';

/** The metrics of one process: those of Node.js itself, and those of Weir under `weir_`. */
export class MetricsRegistry {
  private readonly registry = new Registry();

  constructor(readonly service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
    const { version, nodeVersion } = readBuildInfo();
    this.gauge({ name: 'build_info', help: 'Which build runs.', labels: ['version', 'node'] }).set(
      { version, node: nodeVersion },
      1,
    );
  }

  counter<L extends string = never>(description: MetricDescription<L>): Counter<L> {
    return new Counter(this.configurationOf(description));
  }

  /**
   * `collect` is called before each reading, for values that are cheaper to look up than to follow.
   */
  gauge<L extends string = never>(
    description: MetricDescription<L>,
    collect?: (gauge: Gauge<L>) => void | Promise<void>,
  ): Gauge<L> {
    const configuration = this.configurationOf(description);
    if (collect === undefined) return new Gauge(configuration);
    return new Gauge<L>({
      ...configuration,
      collect() {
        return collect(this);
      },
    });
  }

  histogram<L extends string = never>(description: HistogramDescription<L>): Histogram<L> {
    return new Histogram({
      ...this.configurationOf(description),
      buckets: [...description.buckets],
    });
  }

  /** Everything in Prometheus' text format. */
  async text(): Promise<string> {
    return this.registry.metrics();
  }

  private configurationOf<L extends string>(description: MetricDescription<L>) {
    return {
      name: `${PREFIX}${description.name}`,
      help: description.help,
      labelNames: [...(description.labels ?? [])],
      registers: [this.registry],
    };
  }
}
