import type { FleetFigures } from '@weir/database';
import { DEFAULT_FLEET_SETTINGS } from '@weir/domain';
import fc from 'fast-check';
import type { HealthReadings } from '../health/health.readings';
import { computeSystemHealth } from '../health/system-health';
import { computeConsistency } from './consistency.score';
import { computeLoadBalance } from './load-balance.score';
import { ramp, scoreByProduct, scoreByWorst } from './penalty';
import { computePerformanceScore } from './performance.score';
import { fleet, instance, queue, readings, replica } from './readings.test-support';

const penalty = fc.record({
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  severity: fc.constantFrom('WARNING', 'ERROR', 'CRITICAL'),
  message: fc.string(),
});

describe.each([
  ['by product', scoreByProduct],
  ['by the worst', scoreByWorst],
] as const)('a score %s', (_name, score) => {
  it('is in 0..1, and one more reason never raises it', () => {
    fc.assert(
      fc.property(fc.array(penalty), penalty, (penalties, more) => {
        const before = score('performance', penalties);
        const after = score('performance', [...penalties, more]);
        expect(before.value).toBeGreaterThanOrEqual(0);
        expect(before.value).toBeLessThanOrEqual(1);
        expect(after.value).toBeLessThanOrEqual(before.value);
        expect(after.reasons.length - before.reasons.length).toBe(more.share > 0 ? 1 : 0);
      }),
    );
  });
});

describe('a ramp', () => {
  it('is free below, full above and straight between', () => {
    expect([ramp(0, 10, 20), ramp(15, 10, 20), ramp(99, 10, 20)]).toEqual([0, 0.5, 1]);
    expect(ramp(Number.NaN, 0, 1)).toBe(1);
  });
});

describe('load balance', () => {
  const score = (...held: number[]): number =>
    computeLoadBalance([fleet({ present: held.map((count, i) => instance(`s${i}`, count)) })])
      .value;

  it('is full within the bands of the fleet, and for one stream that cannot be split', () => {
    expect(score(20, 20, 20)).toBe(1);
    expect(score(22, 19, 19)).toBe(1);
    expect(score(1, 0, 0)).toBe(1);
    const small = [instance('a', 4, { maxStreams: 10 }), instance('b', 3, { maxStreams: 10 })];
    expect(computeLoadBalance([fleet({ present: small })]).value).toBe(1);
  });

  it('falls with the surplus of the hottest and is zero when it has twice its share', () => {
    expect(score(30, 20, 10)).toBeCloseTo(0.6);
    expect(score(60, 10, 10)).toBe(0);
    expect(score(30, 20, 10)).toBeGreaterThan(score(35, 20, 5));
  });

  it('names the instance, and leaves alone what is not to be evened', () => {
    const present = [instance('hot', 90), instance('cold', 0)];
    const [reason] = computeLoadBalance([fleet({ present })]).reasons;
    expect(reason?.message).toContain('hot is 90 % full, the mean is 45 %');
    const settings = { ...DEFAULT_FLEET_SETTINGS, balanceEnabled: false };
    expect(computeLoadBalance([fleet({ present, settings })]).value).toBe(1);
    const draining = [instance('hot', 90), instance('cold', 0, { status: 'draining' })];
    expect(computeLoadBalance([fleet({ present: draining })]).value).toBe(1);
  });

  it('is decided by the worst fleet, however many there are', () => {
    const uneven = fleet({ present: [instance('a', 30), instance('b', 10)] });
    const alone = computeLoadBalance([uneven]).value;
    expect(computeLoadBalance([uneven, uneven, fleet()]).value).toBe(alone);
  });
});

describe('consistency', () => {
  it('is the score of the latest report, and says how many findings it has', () => {
    const found = computeConsistency([fleet({ report: { score: 0.95, ageMs: 1, findings: 3 } })]);
    expect(found.value).toBeCloseTo(0.95);
    expect(found.reasons).toEqual([
      expect.objectContaining({
        severity: 'WARNING',
        message: expect.stringContaining('3 findings'),
      }),
    ]);
    const worse = computeConsistency([fleet({ report: { score: 0.4, ageMs: 1, findings: 9 } })]);
    expect(worse.reasons[0]?.severity).toBe('ERROR');
  });

  it('is at most a half when nobody verified the fleet, unless it is new', () => {
    expect(computeConsistency([fleet({ report: null })]).value).toBe(0.5);
    expect(computeConsistency([fleet({ report: null, ageMs: 60_000 })]).value).toBe(1);
    const old = { score: 1, ageMs: 600_000, findings: 0 };
    expect(computeConsistency([fleet({ report: old })]).reasons[0]?.message).toContain(
      'consistency-checker',
    );
  });
});

describe('performance', () => {
  const score = (more: Partial<HealthReadings>, fleets: FleetFigures[] = [fleet()]) =>
    computePerformanceScore(readings(more), fleets);
  const base = readings();

  it('is full when everything is in order', () => {
    expect(score({})).toEqual({ value: 1, reasons: [] });
  });

  it.each<[string, Partial<HealthReadings>, FleetFigures[] | undefined, string]>([
    ['slow queries', postgres({ queryMs: 300 }), undefined, 'a small query takes 300 ms'],
    ['few connections left', postgres({ connectionsUsed: 96 }), undefined, '96 of 97 connections'],
    ['waiting locks', postgres({ waitingLocks: 30 }), undefined, '30 statements wait for locks'],
    ['a long transaction', postgres({ oldestTransactionMs: 600_000 }), undefined, '600 s'],
    ['deadlocks', postgres({ deadlocks: 2 }), undefined, '2 deadlocks'],
    ['a lagging replica', postgres({ replicationLagMs: 30_000 }), undefined, '30 s behind'],
    ['slow Redis', redis({ roundTripMs: 150 }), undefined, 'three commands to Redis take 150 ms'],
    ['full Redis', redis({ memoryMaxBytes: 1_050_000 }), undefined, '95 % of maxmemory'],
    [
      'old jobs',
      queues({ waiting: 1, oldestWaitingAgeMs: 60_000 }),
      undefined,
      'a job waits for 60 s',
    ],
    [
      'a queue that nobody hears',
      queues({ waiting: 4, consumers: 0, oldestWaitingAgeMs: 12_000 }),
      undefined,
      'no processor listens',
    ],
    ['failed jobs', queues({ failed: 3 }), undefined, '3 jobs failed'],
    ['overdue moves', {}, [fleet({ overdueMoves: 5 })], '5 moves are past'],
    [
      'late heartbeats',
      {},
      [fleet({ present: [instance('a', 1, { heartbeatAgeMs: 14_000 }), instance('b', 1)] })],
      'heartbeats of a are late',
    ],
    [
      'failing instances',
      {},
      [fleet({ present: [instance('a', 1, { metrics: { errorRate: 0.5 } })] })],
      'performance 0.50',
    ],
  ])('is lowered by %s, in words', (_what, more, fleets, words) => {
    const earlier = { deadlocks: 0, failedJobs: { balance: 0 } };
    const { value, reasons } = score({ earlier, ...more }, fleets);
    expect(value).toBeLessThan(1);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]?.message).toContain(words);
  });

  it('is nothing while PostgreSQL does not answer', () => {
    const failed = { kind: 'failed', error: 'refused', latencyMs: 1 } as const;
    expect(score({ postgres: failed }).value).toBe(0);
  });

  function postgres(figures: object): Partial<HealthReadings> {
    return {
      postgres: { ...base.postgres, figures: { ...figuresOf(base.postgres), ...figures } },
    } as Partial<HealthReadings>;
  }

  function redis(figures: object): Partial<HealthReadings> {
    return {
      redis: { ...base.redis, figures: { ...figuresOf(base.redis), ...figures } },
    } as Partial<HealthReadings>;
  }

  function queues(figures: object): Partial<HealthReadings> {
    return { queues: { kind: 'read', latencyMs: 1, figures: [queue(figures)] } };
  }

  function figuresOf(reading: { kind: string }): object {
    return (reading as unknown as { figures: object }).figures;
  }
});

describe('the health of the system', () => {
  it('is healthy without reasons, with the numbers of all fleets', () => {
    const fleets = [fleet(), fleet({ fleet: 'tv', streams: 4, assignedStreams: 3, instances: 4 })];
    const health = computeSystemHealth(
      readings({ fleets: { kind: 'read', latencyMs: 1, figures: fleets } }),
    );
    expect(health).toMatchObject({
      overall: 'healthy',
      needsIntervention: false,
      totalInstances: 7,
      activeInstances: 6,
      totalStreams: 64,
      assignedStreams: 63,
      loadBalanceScore: 1,
      consistencyScore: 1,
      performanceScore: 1,
      reasons: [],
    });
    expect(health.services.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'postgresql ready',
      'redis ready',
      'orchestrator-api ready',
      'balancer-worker ready',
      'consistency-checker ready',
      'health-aggregator ready',
    ]);
  });

  it('is critical when a service has no replica that works, degraded when one of two does', () => {
    const gone = replica(
      'balancer-worker',
      { silentMs: 60_000 },
      { kind: 'no-answer', error: 'refused' },
    );
    const others = readings().replicas.filter(({ record }) => record.service !== 'balancer-worker');
    const alone = computeSystemHealth(readings({ replicas: [...others, gone] }));
    expect(alone).toMatchObject({ overall: 'critical', needsIntervention: true });
    expect(alone.reasons[0]?.message).toContain('no replica of balancer-worker works');
    const beside = replica('balancer-worker', { replica: 'other-1' });
    const both = computeSystemHealth(readings({ replicas: [...others, gone, beside] }));
    expect(both).toMatchObject({ overall: 'degraded', needsIntervention: false });
    expect(both.services.find(({ name }) => name.includes('host-'))).toMatchObject({
      name: 'balancer-worker/host-balancer-worker',
      status: 'error',
      retryCount: 1,
    });
  });

  it('says that PostgreSQL is away once, and keeps the numbers last read', () => {
    const failed = { kind: 'failed', error: 'ECONNREFUSED', latencyMs: 1 } as const;
    const unready = { kind: 'answered', httpStatus: 503, latencyMs: 3 } as const;
    const replicas = readings().replicas.map(({ record }) => replica(record.service, {}, unready));
    const health = computeSystemHealth(
      readings({ postgres: failed, fleets: failed, knownFleets: [fleet()], replicas }),
    );
    expect(health).toMatchObject({ overall: 'critical', totalStreams: 60, performanceScore: 0 });
    expect(health.reasons.filter(({ severity }) => severity === 'CRITICAL')).toHaveLength(1);
  });

  it('tells of brakes that balancer-worker reports, and of streams that nobody can take', () => {
    const brakes = [{ fleet: 'radio', kind: 'mass-loss' }, 'nonsense'];
    const others = readings().replicas.filter(({ record }) => record.service !== 'balancer-worker');
    const health = computeSystemHealth(
      readings({
        replicas: [...others, replica('balancer-worker', { detail: { brakes } })],
        fleets: { kind: 'read', latencyMs: 1, figures: [fleet({ unplacedStreams: 2 })] },
      }),
    );
    expect(health.reasons.map(({ severity }) => severity)).toEqual(['CRITICAL', 'ERROR']);
    expect(health.reasons[0]?.message).toContain('mass-loss brake');
  });

  it('tells of streams that are parked or isolated, and of instances that flap', () => {
    const flapping = ['edge-1', 'edge-2', 'edge-3', 'edge-4'];
    const figures = [fleet({ parkedStreams: 3, isolatedStreams: 1, flapping })];
    const health = computeSystemHealth(
      readings({ fleets: { kind: 'read', latencyMs: 1, figures } }),
    );
    expect(health.needsIntervention).toBe(true);
    expect(health.reasons.map(({ severity }) => severity)).toEqual(['ERROR', 'ERROR', 'WARNING']);
    const [isolated, parked, flaps] = health.reasons.map(({ message }) => message);
    expect(isolated).toContain('1 streams are isolated');
    expect(parked).toContain('assignments?heldBack=parked');
    expect(flaps).toContain('edge-1, edge-2, edge-3 and 1 more came back too often');
  });

  it('is only a warning about what starts beside it', () => {
    const health = computeSystemHealth(readings({ uptimeMs: 5_000, replicas: [] }));
    expect(health.reasons.every(({ severity }) => severity === 'WARNING')).toBe(true);
    expect(health.overall).toBe('degraded');
  });
});
