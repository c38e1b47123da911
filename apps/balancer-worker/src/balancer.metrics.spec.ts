import { createLogger, MetricsRegistry } from '@weir/observability';
import { BalancerMetrics } from './balancer.metrics';
import type { RoundReport } from '@weir/control-loop';

const scores = {
  peak: 0.9,
  mean: 0.6,
  spread: 0.5,
  balance: 0.75,
  violations: 2,
  unplaced: 3,
  headroomN1: 0.125,
};
const report: RoundReport = {
  placed: 0,
  movesStarted: 0,
  movesDone: 0,
  movesAborted: 0,
  movesUnderWay: 3,
  movesPlanned: 7,
  conflicts: 0,
  unplaced: 3,
  planMs: 4,
  scores,
  dueInMs: undefined,
};

describe('the metrics of the control loops', () => {
  let registry: MetricsRegistry;
  let metrics: BalancerMetrics;

  beforeEach(() => {
    registry = new MetricsRegistry('balancer-worker');
    const logger = createLogger({ level: 'silent', format: 'json' }, 'balancer-worker');
    metrics = new BalancerMetrics(registry, logger, () => []);
  });

  /** Values of one metric by its fleet. */
  async function read(name: string): Promise<Record<string, number>> {
    const text = await registry.text();
    const lines = text.matchAll(new RegExp(`^weir_${name}\\{(.*)\\} (.*)$`, 'gm'));
    return Object.fromEntries(
      [...lines].map(([, labels = '', value]) => [
        /fleet="([^"]*)"/.exec(labels)?.[1] ?? '',
        Number(value),
      ]),
    );
  }

  it.each([
    ['plan_peak_utilization_ratio', 0.9],
    ['plan_mean_utilization_ratio', 0.6],
    ['plan_balance_ratio', 0.75],
    ['plan_headroom_n1_ratio', 0.125],
    ['plan_violations', 2],
    ['unplaced_streams', 3],
    ['moves_under_way', 3],
    ['rebalance_moves_planned', 7],
  ])('show %s of the last plan, per fleet', async (name, value) => {
    metrics.roundEnded('a', 5, report);
    metrics.roundEnded('b', 5, { ...report, scores: { ...scores, peak: 0, unplaced: 0 } });
    metrics.roundEnded('b', 5, report);
    expect(await read(name)).toEqual({ a: value, b: value });
  });

  it('keep the scores of the last plan while a settled fleet is not planned', async () => {
    metrics.roundEnded('a', 5, report);
    metrics.roundEnded('a', 5, { ...report, unplaced: 0, planMs: null, scores: null });
    expect(await read('plan_balance_ratio')).toEqual({ a: 0.75 });
    expect(await read('unplaced_streams')).toEqual({ a: 3 });
  });

  it('name no stream', async () => {
    metrics.roundEnded('a', 5, { ...report, placed: 1, movesStarted: 1 });
    expect(await registry.text()).not.toMatch(/^weir_.*stream(_?[iI]d)?="/m);
  });
});
