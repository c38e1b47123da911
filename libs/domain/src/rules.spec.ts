import { canMigrate, isActive } from './assignment';
import { generationOf, nextEpoch } from './epoch';
import { computeConsistencyScore } from './finding';
import { DEFAULT_FLEET_SETTINGS, FLEET_SETTING_BOUNDS, checkFleetSettings } from './fleet';
import { computeNeedsIntervention, computeOverallHealth } from './health';
import { computeLoadFactor, computePerformance, isHealthy, shouldReceiveStreams } from './instance';
import { InvariantViolation } from './invariant';
import { isName, isStreamId } from './names';
import { roleAllows } from './role';
import { redactSource } from './stream';

describe('epochs', () => {
  it('grow by one within a generation and jump over everything of older generations', () => {
    expect(nextEpoch(0, 0)).toBe(1);
    expect(nextEpoch(41, 0)).toBe(42);
    expect(nextEpoch(41, 1)).toBe(2 ** 40 + 1);
    expect(generationOf(nextEpoch(41, 3))).toBe(3);
  });

  it('stay exact in JSON up to the last generation', () => {
    expect(Number.isSafeInteger(nextEpoch(0, 8191))).toBe(true);
    expect(() => nextEpoch(0, 8192)).toThrow(InvariantViolation);
  });
});

describe('names', () => {
  it.each(['a', 'radio-7.eu_west', 'x'.repeat(128)])('%s may name a fleet', (name) => {
    expect(isName(name)).toBe(true);
  });

  it.each(['', 'a b', 'ü', 'x'.repeat(129), '../etc', 7, null])('%p may not', (name) => {
    expect(isName(name)).toBe(false);
  });

  it('stream ids are positive decimal integers without leading zeros', () => {
    expect(['1', '999999999999999999'].map(isStreamId)).toEqual([true, true]);
    expect(['0', '01', '-1', '1.5', '1e3', '', 'abc', '9'.repeat(19)].some(isStreamId)).toBe(false);
  });
});

describe('sources as operators see them', () => {
  it('show no user, password or query value', () => {
    expect(redactSource('https://user:secret@radio.example/live?token=abc&x=1')).toBe(
      'https://***@radio.example/live?token=***&x=***',
    );
  });

  it('are left as they are when nothing in them is secret', () => {
    expect(redactSource('http://radio.example:8000/live.mp3')).toBe(
      'http://radio.example:8000/live.mp3',
    );
    expect(redactSource('queue/partition-7')).toBe('queue/partition-7');
    expect(redactSource('user:secret@queue/7')).toBe('***@queue/7');
  });
});

describe('instances', () => {
  it('have a load factor of streams held over streams allowed', () => {
    expect(computeLoadFactor(5, 10)).toBe(0.5);
    expect(computeLoadFactor(0, 0)).toBe(0);
    expect(computeLoadFactor(1, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  it('receive streams only when ready and with room', () => {
    const instance = { status: 'ready', assignedStreams: 9, maxStreams: 10 } as const;
    expect(shouldReceiveStreams(instance)).toBe(true);
    expect(shouldReceiveStreams({ ...instance, assignedStreams: 10 })).toBe(false);
    expect(shouldReceiveStreams({ ...instance, status: 'cordoned' })).toBe(false);
  });

  it('are unhealthy when lost, gone or mostly failing', () => {
    expect(isHealthy({ status: 'draining' })).toBe(true);
    expect(isHealthy({ status: 'lost' })).toBe(false);
    expect(isHealthy({ status: 'ready', metrics: { errorRate: 0.9 } })).toBe(false);
  });

  it('perform worse with errors and lag, but never at nothing', () => {
    expect(computePerformance({})).toBe(1);
    expect(computePerformance({ errorRate: 0.5 })).toBe(0.5);
    expect(computePerformance({ eventLoopLagMs: 1_000 })).toBe(0.5);
    expect(computePerformance({ errorRate: 1, eventLoopLagMs: 1e9 })).toBe(0.1);
  });
});

describe('assignments', () => {
  it('are active while an owner should run them', () => {
    const states = ['unassigned', 'starting', 'running', 'stopping'] as const;
    expect(states.filter((status) => isActive({ status }))).toEqual(['starting', 'running']);
  });

  it('may move when running and rested', () => {
    const rule = { nowMs: 100_000, cooldownMs: 60_000 };
    expect(canMigrate({ status: 'running', assignedAtMs: 40_000 }, rule)).toBe(true);
    expect(canMigrate({ status: 'running', assignedAtMs: 40_001 }, rule)).toBe(false);
    expect(canMigrate({ status: 'starting', assignedAtMs: 0 }, rule)).toBe(false);
  });
});

describe('fleet settings', () => {
  it('have defaults within their bounds that fit together', () => {
    for (const [name, [min, max]] of Object.entries(FLEET_SETTING_BOUNDS)) {
      const value = DEFAULT_FLEET_SETTINGS[name as keyof typeof FLEET_SETTING_BOUNDS];
      if (value !== null) expect([min <= value, value <= max, name]).toEqual([true, true, name]);
    }
    expect(checkFleetSettings(DEFAULT_FLEET_SETTINGS)).toEqual([]);
  });

  it('need a heartbeat interval of at most half a lease', () => {
    const problems = checkFleetSettings({ ...DEFAULT_FLEET_SETTINGS, heartbeatIntervalMs: 9_000 });
    expect(problems).toMatchObject([{ path: 'heartbeatIntervalMs' }]);
  });
});

describe('scores', () => {
  it('call a system healthy without reasons, degraded with some, critical with a critical one', () => {
    const reason = { score: 'consistency', severity: 'WARNING', message: '' } as const;
    expect(computeOverallHealth([])).toBe('healthy');
    expect(computeOverallHealth([reason])).toBe('degraded');
    expect(computeOverallHealth([reason, { ...reason, severity: 'CRITICAL' }])).toBe('critical');
    expect(computeNeedsIntervention([reason])).toBe(false);
    expect(computeNeedsIntervention([{ ...reason, severity: 'ERROR' }])).toBe(true);
  });

  it('lower consistency by the weight of findings over what was checked', () => {
    expect(computeConsistencyScore([], 100)).toBe(1);
    expect(computeConsistencyScore([{ severity: 'ERROR' }], 100)).toBe(0.95);
    expect(computeConsistencyScore([{ severity: 'CRITICAL' }], 1)).toBe(0);
  });
});

describe('roles', () => {
  it('let operators view, and nobody else do what is not theirs', () => {
    expect(roleAllows('operator', 'viewer')).toBe(true);
    expect(roleAllows('operator', 'instance')).toBe(false);
    expect(roleAllows('instance', 'viewer')).toBe(false);
    expect(roleAllows('viewer', 'operator')).toBe(false);
  });
});
